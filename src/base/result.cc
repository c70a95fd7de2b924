#include "base/result.h"

#include <fmt/format.h>

#include "base/printable.h"

namespace nightjar {

std::string Error::describe() const {
  std::string text;
  if (!where.empty()) text += where + ": ";
  if (offset) text += fmt::format("byte {}: ", *offset);
  return printable(text + message);
}

std::unexpected<Error> failIn(std::string where, Error error) {
  if (error.where.empty()) error.where = std::move(where);
  return std::unexpected<Error>(std::move(error));
}

}  // namespace nightjar
