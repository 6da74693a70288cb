// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <QVariant>

class QActionGroup;

namespace sockstage {

/// A button that shows one of several choices and opens a menu of them.
class ChoiceButton : public QPushButton {
    Q_OBJECT

public:
    /// `what`: the accessible name and tool tip, "Line ending".
    explicit ChoiceButton(const QString& what, QWidget* parent = nullptr);
    /// The first one added is chosen. `shortText` stands on the button, `text` in the menu.
    void addChoice(const QString& text, const QVariant& value, const QString& shortText = {});
    QVariant value() const;
    /// In a form: as wide as the other fields, the text at its start like theirs.
    void setFieldLike();
    /// Chooses as the menu would; unknown values change nothing.
    void choose(const QVariant& value);

Q_SIGNALS:
    void chosen();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QActionGroup* group_;
    bool fieldLike_ = false;
};

}  // namespace sockstage
