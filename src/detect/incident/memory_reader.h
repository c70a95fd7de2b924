// A SeriesReader over series held in memory, for tests, fuzzing and measuring.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "detect/incident/judge.h"

namespace nightjar::detect {

class MemoryReader final : public SeriesReader {
 public:
  void add(series::Series series) { series_.insert_or_assign(series.key, std::move(series)); }
  void setName(const Entity& entity, std::string name) { names_[entity] = std::move(name); }
  void setAccess(const Entity& entity, Access access) { access_[entity] = access; }

  Result<std::vector<series::SeriesKey>> keys() override {
    std::vector<series::SeriesKey> keys;
    keys.reserve(series_.size());
    for (const auto& [key, series] : series_) keys.push_back(key);
    return keys;
  }
  Result<series::Series> read(const series::SeriesKey& key) override {
    const auto found = series_.find(key);
    return found == series_.end() ? series::Series{.key = key} : found->second;
  }
  std::string name(const Entity& entity) override {
    const auto found = names_.find(entity);
    return found == names_.end() ? std::string() : found->second;
  }
  Access access(const Entity& entity) override {
    const auto found = access_.find(entity);
    return found == access_.end() ? Access::kUnknown : found->second;
  }

 private:
  std::map<series::SeriesKey, series::Series> series_;
  std::map<Entity, std::string> names_;
  std::map<Entity, Access> access_;
};

}  // namespace nightjar::detect
