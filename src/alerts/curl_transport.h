// HTTP, HTTPS and SMTP by libcurl.
#pragma once

#include <memory>

#include "alerts/parcel.h"

namespace nightjar::alerts {

// Certificates are always verified; no redirect is followed; an answer of more than 64 KiB is not read to its
// end; an attempt ends with the channel's timeout. HTTP 2xx is delivered; 400, 413, 415 and 422, and SMTP
// 55x, say that this message will never be taken (RFC 9110, section 15.5; RFC 5321, section 4.2.3);
// everything else is worth another attempt. Fails with kLimit when libcurl cannot be used.
Result<std::unique_ptr<Transport>> curlTransport();

}  // namespace nightjar::alerts
