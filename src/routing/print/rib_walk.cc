#include "routing/print/rib_walk.h"

#include "routing/wire/attributes.h"

namespace nightjar::print {
namespace {

bool isGoodPath(Bytes path, wire::AsnSize asnSize) {
  wire::AsPathCursor cursor(path, asnSize);
  for (wire::AsSegment segment; cursor.next(segment);) {
  }
  return cursor.ok();
}

}  // namespace

void checkTableAttributes(Bytes attributes, wire::AsnSize asnSize, uint64_t offset, Findings& findings) {
  wire::AttributeCursor cursor(attributes);
  for (wire::Attribute attribute; cursor.next(attribute);) {
    if (!attribute.is(wire::AttributeType::kAsPath) || isGoodPath(attribute.value, asnSize)) continue;
    findings.push_back({wire::FindingKind::kTreatAsWithdraw, offset + attribute.offset,
                        cursor.position() - attribute.offset, "AS_PATH is malformed"});
  }
  if (!cursor.ok()) {
    findings.push_back({wire::FindingKind::kDamage, offset + cursor.position(),
                        attributes.size() - cursor.position(),
                        "path attribute runs past the end of the attributes"});
  }
}

}  // namespace nightjar::print
