// The part of Composer that sends a file.

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>

#include "composer.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "targetchoice.h"

namespace sockstage {

void Composer::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("Send a file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &Composer::sendFile);
    dialog->open();
}

void Composer::sendFile(const QString& path) {
    const SendTarget target = target_->target();
    attemptFailed_ = true;
    if (session_ == nullptr || !target.reason.isEmpty()) return showNote(target.reason, true);
    if (!QFileInfo(path).isFile()) return showNote(tr("Only a regular file can be sent."), true);
    if (isUdp()) return sendFileAsDatagram(path);
    session_->sendFile(target.numbers, path);
    showNote(tr("Sending %1, %2")
                 .arg(outsideText(QFileInfo(path).fileName().toStdString()),
                      bytesText(static_cast<quint64>(QFileInfo(path).size()))),
             false);
}

void Composer::sendFileAsDatagram(const QString& path) {
    QFile file(path);
    if (file.size() > static_cast<qint64>(longestDatagram)) return sendFileAsDatagrams(path, file.size());
    if (!file.open(QIODevice::ReadOnly)) return showNote(file.errorString(), true);
    deliver({}, file.readAll());
    showNote(tr("Sending %1 as one datagram").arg(outsideText(QFileInfo(path).fileName().toStdString())),
             false);
}

void Composer::sendFileAsDatagrams(const QString& path, qint64 size) {
    const SendTarget target = target_->target();
    if (target.address.isValid())
        return showNote(tr("A file that needs many datagrams can be sent to peers in the list only; this "
                           "address is none yet."),
                        true);
    session_->sendFile(target.numbers, path);
    showNote(tr("Sending %1 in datagrams of %2 bytes, %3 in all")
                 .arg(outsideText(QFileInfo(path).fileName().toStdString()), grouped(fileDatagramBytes),
                      bytesText(static_cast<quint64>(size))),
             false);
}

}  // namespace sockstage
