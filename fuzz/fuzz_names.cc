// Lists of names: any bytes as compiled translations, and as a list of regions.
#include <cstdlib>
#include <string_view>

#include "names/gettext_catalog.h"
#include "names/regions.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto texts = nightjar::names::readGettextCatalog(bytes);
  if (texts && texts->contains("")) std::abort();
  if (!texts && texts.error().message.empty()) std::abort();
  const auto regions = nightjar::names::readRegions(bytes);
  if (!regions && regions.error().message.empty()) std::abort();
  return 0;
}
