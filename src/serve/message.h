// What a client asks and what it gets: HTTP as the handlers see it, without sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "serve/content.h"

namespace nightjar::serve {

enum class Method : uint8_t { kGet, kHead, kPost, kPut, kDelete, kOptions, kOther };

struct Request {
  Method method = Method::kGet;
  // Of the path, decoded, without empty ones at its end: "/v2/entities/query" has three. Never "." or "..",
  // and none holds a slash or a control character.
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::string accept;                                      // media types that the client prefers, as sent
  std::string authorization;                               // as sent
  bool takes_gzip = false;
  std::string body;

  // The first parameter of that name; empty if there is none.
  std::string_view parameter(std::string_view name) const;
  bool has(std::string_view name) const;
};

// Gives the next piece of a long body; empty at its end. Called on the server's thread, when there is room.
using Pieces = std::function<Result<std::string>()>;

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  // A body that is sent many times (the page's files, answers that are kept); used in place of `body`. It has
  // the form that this client takes.
  std::shared_ptr<const Content> fixed;
  // A body too long to hold; used in place of both.
  Pieces pieces;
  // The connection becomes a stream of server-sent events (events.h).
  bool events = false;
  // Another thread is still at work: called again and again on the server's thread until it gives the answer.
  // It has to give one in the end, also where the work does not.
  std::function<std::optional<Response>()> later;
  // Seconds that others may keep it; 0: ask every time (with an ETag that costs little).
  uint32_t max_age = 0;
  // Further ones, or in the place of the server's own; an empty value leaves that one out.
  std::vector<std::pair<std::string, std::string>> headers;
};

// {"error": message} with that status.
Response errorResponse(int status, std::string_view message);
// 400 with the message for what the client asked wrongly (kUsage); else 500, and no word of files or bytes.
Response errorResponse(const Error& error);

// The path and query of a request target (RFC 9112, section 3.2, origin form), taken apart and decoded
// (RFC 3986). Fails with kInvalid: no leading slash, a bad percent sign, a control character, "..", not
// UTF-8, more than 32 segments or 64 parameters.
Result<void> readTarget(std::string_view target, Request& request);

}  // namespace nightjar::serve
