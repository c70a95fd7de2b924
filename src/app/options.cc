#include "app/options.h"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace nightjar::app {

void Options::flag(const char* name, bool& target, bool value) {
  options_.push_back({name, false, [&target, value](const char*) -> Result<void> {
                        target = value;
                        return {};
                      }});
}

void Options::text(const char* name, std::string& target) {
  value(name, target, [](const char* text) { return Result<std::string>(text); });
}

void Options::list(const char* name, std::vector<std::string>& target) {
  each(name, [&target](const char* text) -> Result<void> {
    target.emplace_back(text);
    return {};
  });
}

void Options::each(const char* name, std::function<Result<void>(const char*)> take) {
  options_.push_back({name, true, std::move(take)});
}

std::span<char* const> Options::read(int argc, char** argv) {
  // getopt_long gives back the number of an option behind the letters.
  constexpr int kFirst = 256;
  std::vector<option> longs;
  std::string letters = "h";
  for (size_t i = 0; i < options_.size(); ++i) {
    const Option& one = options_[i];
    const int has_value = one.has_value ? required_argument : no_argument;
    if (std::strlen(one.name) == 1) {
      letters += one.name;
      if (one.has_value) letters += ':';
    } else {
      longs.push_back({one.name, has_value, nullptr, kFirst + static_cast<int>(i)});
    }
  }
  longs.push_back({"help", no_argument, nullptr, 'h'});
  longs.push_back({});
  for (int opt; (opt = getopt_long(argc, argv, letters.c_str(), longs.data(), nullptr)) != -1;) {
    if (opt == 'h') {
      fmt::print("{}", help_);
      status_ = kDone;
      return {};
    }
    const auto one = std::find_if(options_.begin(), options_.end(), [&](const Option& option) {
      return opt == kFirst + (&option - options_.data()) ||
             (opt < kFirst && std::string{char(opt)} == option.name);
    });
    if (one == options_.end()) {
      status_ = wrongUsage(program_);
      return {};
    }
    if (const auto taken = one->take(optarg); !taken) refuse(taken.error());
  }
  return {argv + optind, static_cast<size_t>(argc - optind)};
}

void Options::refuse(const Error& error) {
  if (!status_) status_ = wrongUsage(program_, error.describe());
}

void Options::refuseOperands(std::span<char* const> operands) {
  if (!operands.empty()) refuse(fmt::format("'{}' is one word too many", operands.front()));
}

void Options::entity(std::optional<Entity>& target, std::span<char* const> operands) {
  if (operands.empty()) return;
  if (operands.size() > 1) return refuse("name one entity at most");
  check(target, Entity::parse(operands.front()));
}

Result<BinWidth> readBinWidth(const char* text) {
  const auto length = parseDuration(text);
  if (!length) return std::unexpected(length.error());
  return BinWidth::of(*length);
}

Result<unsigned> readCount(const char* text, unsigned least, unsigned most) {
  const std::string_view digits(text);
  unsigned count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count < least || count > most) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is not a whole number from {} to {}", text, least, most));
  }
  return count;
}

Result<unsigned> readThreads(const char* text) {
  return readCount(text, 1, 64);
}

}  // namespace nightjar::app
