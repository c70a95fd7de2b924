// What people call an entity, and how they reach a network.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/entity.h"
#include "detect/incident/judge.h"
#include "series/store.h"

namespace nightjar::app {

// "Egypt" for EG; empty for all but countries.
std::string nameOf(const Entity& entity);

// A reader of series that knows networks by name. Of several rows about one network the last counts.
class NamedReader : public detect::SeriesReader {
 public:
  // `series` must outlive the object.
  NamedReader(detect::SeriesReader& series, const std::vector<series::NetworkName>& networks);

  Result<std::vector<series::SeriesKey>> keys() override { return series_.keys(); }
  Result<series::Series> read(const series::SeriesKey& key) override { return series_.read(key); }
  Result<series::Series> readSpan(const series::SeriesKey& key, Time from, Time until) override {
    return series_.readSpan(key, from, until);
  }
  void expect(std::span<const series::SeriesKey> keys) override { series_.expect(keys); }
  std::string name(const Entity& entity) override;
  detect::Access access(const Entity& entity) override;

 private:
  struct Network {
    std::string name;
    detect::Access access = detect::Access::kUnknown;
  };
  const Network* find(const Entity& entity) const;

  detect::SeriesReader& series_;
  std::unordered_map<uint32_t, Network> networks_;  // by AS number
};

}  // namespace nightjar::app
