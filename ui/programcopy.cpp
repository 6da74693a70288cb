// SPDX-License-Identifier: GPL-3.0-or-later
#include "programcopy.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QPointer>
#include <QSaveFile>
#include <QStatusTipEvent>
#include <QTimer>

#include "connectiontext.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "sessiontext.h"

namespace sockstage {
namespace {

constexpr int noteMs = 6000;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ProgramCopy)
};

QString whatOf(const Session& session, const ProgramScope& scope) {
    QString of = QStringLiteral("%1 %2").arg(roleText(session.config().role), addressText(session));
    if (scope.connection != 0 && isServer(session.config().role))
        of = Words::tr("client %1").arg(peerText(session.connections(), scope.connection));
    return scope.stage ? Words::tr("the stage %1 of %2").arg(toQString(stageName(*scope.stage)), of) : of;
}

QString linesText(const QString& program) {
    return Words::tr("%1 lines").arg(grouped(static_cast<quint64>(program.count(QLatin1Char('\n')))));
}

QString programOf(const Session& session, const ProgramScope& scope) {
    return toQString(cppProgram(session.capture(), scope));
}

/// "tcp-server-7000.cpp": no character that a file system minds.
QString fileNameFor(const Session& session) {
    QString name = toQString(roleName(session.config().role));
    if (const int port = session.localAddress().port(); port != 0) name += QStringLiteral("-%1").arg(port);
    return name + QStringLiteral(".cpp");
}

QString writeTo(const QString& path, const QString& program) {
    QSaveFile file(path);
    const QByteArray bytes = program.toUtf8();
    const bool written =
        file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
    const QString shown = outsideText(path.toStdString());
    return written ? Words::tr("Saved as C++ (%1): %2").arg(linesText(program), shown)
                   : Words::tr("Not saved: %1: %2").arg(shown, file.errorString());
}

}  // namespace

void noteInStatusLine(QWidget& from, const QString& sentence) {
    // A status tip finds its own way to the main window's status bar, and an empty one takes it away again.
    QStatusTipEvent tip(sentence);
    QApplication::sendEvent(&from, &tip);
    QTimer::singleShot(noteMs, &from, [&from] {
        QStatusTipEvent none{QString()};
        QApplication::sendEvent(&from, &none);
    });
}

void copyProgram(QWidget& from, const Session& session, const ProgramScope& scope) {
    const QString program = programOf(session, scope);
    QApplication::clipboard()->setText(program);
    noteInStatusLine(from,
                     Words::tr("Copied as C++ (%1): %2").arg(linesText(program), whatOf(session, scope)));
}

void saveProgram(QWidget& from, const Session& session, const ProgramScope& scope) {
    auto* dialog = new QFileDialog(&from, Words::tr("Save as C++"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("saveProgram"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(Words::tr("C++ source (*.cpp)"));
    dialog->setDefaultSuffix(QStringLiteral("cpp"));
    dialog->selectFile(fileNameFor(session));
    // What is on record now, not what has been added when a name is found at last.
    const QString program = programOf(session, scope);
    QObject::connect(dialog, &QFileDialog::fileSelected, &from, [&from, program](const QString& path) {
        noteInStatusLine(from, writeTo(path, program));
    });
    dialog->open();
}

}  // namespace sockstage
