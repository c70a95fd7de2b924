// The command line of `nightjar probe`.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/entity.h"
#include "base/time.h"
#include "probing/blocks/outcome.h"
#include "probing/targets/list_reader.h"

namespace nightjar::app {

struct ProbeArguments {
  std::string store;
  std::optional<BinWidth> width;
  std::string log;
  std::string state;
  std::vector<std::string> geo;
  std::vector<std::string> ribs;
  std::string networks;
  std::vector<std::string> lists;
  std::string optOut;
  bool scan = true;
  double rate = 1000;
  Seconds round = std::chrono::minutes(10);
  Seconds wait = std::chrono::seconds(3);
  std::vector<Address> references;
  blocks::Method method = blocks::Method::kIcmpEcho;
  uint16_t port = 0;
  std::string payload;
  std::string prober;
  std::string interface;
  std::optional<Seconds> duration;
  bool dryRun = false;
  bool all = false;
  bool json = false;
  targets::TargetList targets;  // of the command line
  std::vector<Entity> places;
};

// The exit status when there is nothing to run: help was asked for, or the usage is wrong.
std::expected<ProbeArguments, int> parseProbeArguments(int argc, char** argv);

}  // namespace nightjar::app
