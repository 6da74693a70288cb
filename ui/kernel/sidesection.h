// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

class QLabel;

namespace sockstage {

/// The header of a section: title, one short note, and a chevron. The whole strip folds and unfolds.
class SideHeader : public QAbstractButton {
    Q_OBJECT

public:
    explicit SideHeader(QWidget* parent);
    void setTitle(const QString& title);
    void setNote(const QString& note);
    void setFolded(bool folded);

    QSize sizeHint() const override { return QWidget::sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

Q_SIGNALS:
    void foldWanted(bool folded);

private:
    void describe();

    QLabel *title_, *note_;
    bool folded_ = false;
};

/// One part of the right column: a header, and below it a content that can be folded away.
class SideSection : public QWidget {
    Q_OBJECT

public:
    /// `id`: what the settings know it by. Takes the content over.
    SideSection(const QString& id, const QString& title, QWidget* content, QWidget* parent = nullptr);
    const QString& id() const { return id_; }
    QWidget* content() const { return content_; }
    SideHeader& header() const { return *header_; }
    void setTitle(const QString& title) { header_->setTitle(title); }
    void setNote(const QString& note) { header_->setNote(note); }
    bool isFolded() const { return folded_; }
    void setFolded(bool folded);

private:
    const QString id_;
    SideHeader* header_;
    QWidget* content_;
    bool folded_ = false;
};

}  // namespace sockstage
