// What `nightjar import` prints of what it has kept. `judgements`: of others; `dropped`: rows and values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/import_writer.h"
#include "imports/intake.h"

namespace nightjar::app {

std::string importTable(const WrittenImport& written, uint64_t judgements, uint64_t dropped);
// One document: the sums, each series, each file with its findings.
std::string importJson(const WrittenImport& written, uint64_t judgements, uint64_t dropped,
                       const std::vector<imports::ReadFile>& files);

}  // namespace nightjar::app
