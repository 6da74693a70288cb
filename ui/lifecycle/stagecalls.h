// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "session.h"

namespace sockstage {

// What the capture holds of one stage: for the inspector, as text. All bounded.

/// The latest calls of a stage, oldest first.
struct StageCalls {
    std::vector<quint64> rows;
    bool cut = false;  ///< there may be earlier ones: more were made, or they lie too far back
};
StageCalls collectStageCalls(const Session& session, Stage stage, std::uint32_t connection,
                             std::size_t most = 12);

/// One address that getaddrinfo gave, or that was tried, with what became of it.
struct AddressAttempt {
    QString address;
    QString outcome;  ///< "connected", "ECONNREFUSED"; empty: not tried
};
/// getaddrinfo's list in its order, each with the outcome of the bind or connect that used it.
std::vector<AddressAttempt> addressAttempts(const Session& session);

/// A setsockopt and what getsockopt said afterwards.
struct GrantedOption {
    QString name;
    int asked = 0, granted = 0;
};
std::vector<GrantedOption> grantedOptions(const Session& session, const std::vector<quint64>& rows);

/// The calls as the program wrote them, each with result and time.
QString callsText(const Session& session, const StageCalls& calls);
/// The newest of them that failed, to explain it; Mark when none did.
struct FailedCall {
    Call call = Call::Mark;
    QString errorName;
};
FailedCall latestFailure(const Session& session, const StageCalls& calls);
/// The call that a stage is named after.
Call principalCall(Stage stage);

}  // namespace sockstage
