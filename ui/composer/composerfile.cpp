// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Composer that sends a file.

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>

#include "composer.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "targetchoice.h"

namespace sockstage {

void Composer::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("Send a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &Composer::attachFile);
    dialog->open();
}

void Composer::attachFile(const QString& path) {
    attemptFailed_ = true;
    if (!QFileInfo(path).isFile()) {
        showNote(tr("Only a regular file can be sent."), true);
        return;
    }
    filePath_ = path;
    showAttachment();
    typed();
}

/// What waits beside the message: it goes out before what is typed.
void Composer::showAttachment() {
    QStringList parts;
    if (!attachment_.isEmpty())
        parts
            << tr("pasted %1 bytes, sent as they are").arg(grouped(static_cast<quint64>(attachment_.size())));
    if (!filePath_.isEmpty())
        parts << tr("file %1, %2, sent as it is")
                     .arg(outsideText(QFileInfo(filePath_).fileName().toStdString()),
                          bytesText(static_cast<quint64>(QFileInfo(filePath_).size())));
    attachmentText_->setText(parts.join(QStringLiteral(" · ")));
    attachmentRow_->setVisible(!parts.isEmpty());
}

bool Composer::refuseFile(const QString& why) {
    attemptFailed_ = true;
    showNote(why, true);
    return false;
}

/// On Send. False: it stays, and the note says why.
bool Composer::deliverFile() {
    const SendTarget target = target_->target();
    if (!target.reason.isEmpty()) return refuseFile(target.reason);
    if (!QFileInfo(filePath_).isFile()) return refuseFile(tr("The file is not there any more."));
    if (isUdp()) {
        if (!sendFileAsDatagram(filePath_)) return false;
    } else {
        session_->sendFile(target.numbers, filePath_);
    }
    filePath_.clear();
    showAttachment();
    return true;
}

bool Composer::sendFileAsDatagram(const QString& path) {
    QFile file(path);
    if (file.size() > static_cast<qint64>(longestDatagram)) return sendFileAsDatagrams(path);
    if (!file.open(QIODevice::ReadOnly)) return refuseFile(file.errorString());
    const QByteArray bytes = file.readAll();
    if (file.error() != QFileDevice::NoError) return refuseFile(file.errorString());
    return deliver({}, bytes);
}

bool Composer::sendFileAsDatagrams(const QString& path) {
    const SendTarget target = target_->target();
    if (target.address.isValid())
        return refuseFile(
            tr("A file that needs many datagrams can be sent to peers in the list only; this "
               "address is none yet."));
    session_->sendFile(target.numbers, path);
    showNote(tr("Sending %1 in datagrams of %2 bytes")
                 .arg(outsideText(QFileInfo(path).fileName().toStdString()), grouped(fileDatagramBytes)),
             false);
    return true;
}

}  // namespace sockstage
