#include "detect/print/signal_text.h"

#include <fmt/format.h>

#include "detect/incident/planes.h"
#include "detect/print/words.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

struct Row {
  std::string_view signal;
  std::string_view label;
  std::string_view unit;
};

constexpr Row kRows[] = {
    {series::kVisible24, "routes", "/24s of IPv4 space"},
    {series::kVisible48, "IPv6", "/48s of IPv6 space"},
    {series::kPrefixes4, "prefixes", "IPv4 prefixes"},
    {series::kPrefixes6, "prefixes 6", "IPv6 prefixes"},
    {series::kUp24, "hosts", "/24s that answer"},
    {series::kUp48, "hosts 6", "/48s that answer in IPv6"},
    {series::kSparse, "sparse", "of the replies that sparse blocks send"},
    {series::kLoss, "loss", "of the probes to hosts that answer go unanswered"},
    {series::kRtt, "delay", "until hosts answer"},
    {series::kRttSpread, "jitter", "between the quartiles of the delay"},
};

const Row* find(std::string_view signal) {
  for (const Row& row : kRows) {
    if (row.signal == signal) return &row;
  }
  return nullptr;
}

}  // namespace

std::string_view unitOf(std::string_view signal) {
  const Row* row = find(signal);
  return row == nullptr ? signal : row->unit;
}

std::string_view labelOf(std::string_view signal) {
  const Row* row = find(signal);
  return row == nullptr ? signal : row->label;
}

std::string valueText(std::string_view signal, double value) {
  switch (series::traitsOf(signal).sense) {
    case series::Sense::kFallIsBad:
      break;
    case series::Sense::kShareLost:
      return fmt::format("{:.1f} %", 100 * value);
    case series::Sense::kSlowness:
      return fmt::format("{:.0f} ms", value);
  }
  return grouped(value);
}

}  // namespace nightjar::detect
