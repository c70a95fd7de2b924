// The shared measurements, read by the project's own importers, with what is known of each file.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imports/importer.h"

namespace nightjar::bench {

struct SharedFile {
  const char* name;
  const char* format;  // of imports::importers()
  imports::ImportOptions options;
};
SharedFile iraqFile();
SharedFile iranFile();
SharedFile venezuelaFile();
SharedFile bagoFile();

// Nothing where the file is missing or cannot be imported.
std::optional<imports::Intake> readShared(const std::string& folder, const SharedFile& file);
// The series on the bins that they all fit, as `nightjar import` would store them.
std::vector<series::Series> storedSeries(imports::Intake& intake);

// Half-open spans of UTC time.
using Span = std::pair<Time, Time>;
// The eight exam mornings that the Iraq file labels.
std::vector<Span> iraqShutdowns(imports::Intake& intake);
// 15 February to 27 April 2021, 01:00 to 09:00 local time (UTC+6:30).
std::vector<Span> bagoNights();

// 16 November 2019: Iran's counties went between 12:30 UTC and midnight, most of them after 17:00.
inline constexpr Time kIranFirst{Seconds(1573907400)};
inline constexpr Time kIranFall{Seconds(1573923600)};
// 22 July 2019, 18:00 UTC. Venezuela's grid failed at 20:41; the file's values are smoothed over hours, and
// their fall begins here.
inline constexpr Time kVenezuelaFall{Seconds(1563818400)};

}  // namespace nightjar::bench
