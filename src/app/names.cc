#include "app/names.h"

#include "geo/countries.h"

namespace nightjar::app {
namespace {

detect::Access accessOf(std::string_view name) {
  using detect::Access;
  for (const Access access : {Access::kMobile, Access::kFixed, Access::kMixed}) {
    if (name == detect::accessName(access)) return access;
  }
  return Access::kUnknown;
}

}  // namespace

std::string nameOf(const Entity& entity) {
  return entity.kind() == EntityKind::kCountry ? std::string(geo::countryName(entity.code())) : std::string();
}

NamedReader::NamedReader(detect::SeriesReader& series, const std::vector<series::NetworkName>& networks)
    : series_(series) {
  for (const series::NetworkName& network : networks) {
    networks_[network.asn.number] = {network.name, accessOf(network.access)};
  }
}

const NamedReader::Network* NamedReader::find(const Entity& entity) const {
  const auto asn = entity.asn();
  const auto found = asn ? networks_.find(asn->number) : networks_.end();
  return found == networks_.end() ? nullptr : &found->second;
}

std::string NamedReader::name(const Entity& entity) {
  const Network* network = find(entity);
  return network == nullptr ? series_.name(entity) : network->name;
}

detect::Access NamedReader::access(const Entity& entity) {
  const Network* network = find(entity);
  return network == nullptr ? detect::Access::kUnknown : network->access;
}

}  // namespace nightjar::app
