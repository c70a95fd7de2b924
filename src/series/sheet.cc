#include "series/sheet.h"

#include <algorithm>

#include "base/varint.h"
#include "series/checksum.h"
#include "series/column.h"

namespace nightjar::series {
namespace {

constexpr size_t kChecksumSize = 4;

uint32_t checksumOf(RowKind kind, int64_t key, Bytes content) {
  return Checksum().add(static_cast<int64_t>(kind)).add(key).add(content).value();
}

std::unexpected<Error> broken(const char* what) {
  return fail(ErrorKind::kInvalid, what);
}

}  // namespace

std::vector<uint8_t> sealRow(RowKind kind, int64_t key, Bytes content) {
  std::vector<uint8_t> row(kChecksumSize + content.size());
  const uint32_t checksum = checksumOf(kind, key, content);
  for (size_t i = 0; i < kChecksumSize; ++i) row[i] = static_cast<uint8_t>(checksum >> (24 - 8 * i));
  std::copy(content.begin(), content.end(), row.begin() + kChecksumSize);
  return row;
}

Result<Bytes> openRow(RowKind kind, int64_t key, Bytes row) {
  ByteReader in(row);
  const uint32_t checksum = in.u32();
  const Bytes content = in.rest();
  if (!in.ok()) return broken("it is too short");
  if (checksum != checksumOf(kind, key, content)) return broken("its checksum does not match");
  return content;
}

void SheetWriter::enter(uint32_t column, size_t bytes) {
  putVarint(directory_, column - nextColumn_);
  putVarint(directory_, bytes);
  nextColumn_ = column + 1;
  ++columns_;
}

void SheetWriter::add(uint32_t column, std::span<const Point> points) {
  const size_t before = body_.size();
  encodeColumn(points, body_);
  if (body_.size() != before) enter(column, body_.size() - before);
}

void SheetWriter::add(uint32_t column, Bytes encoded) {
  if (encoded.empty()) return;
  body_.insert(body_.end(), encoded.begin(), encoded.end());
  enter(column, encoded.size());
}

std::vector<uint8_t> SheetWriter::finish(RowKind kind, int64_t key) {
  std::vector<uint8_t> content;
  content.reserve(directory_.size() + body_.size() + 5);
  putVarint(content, columns_);
  content.insert(content.end(), directory_.begin(), directory_.end());
  content.insert(content.end(), body_.begin(), body_.end());
  directory_.clear();
  body_.clear();
  columns_ = nextColumn_ = 0;
  return sealRow(kind, key, content);
}

Result<void> Sheet::open(RowKind kind, int64_t key, Bytes row, uint32_t columnLimit) {
  columns_.clear();
  const auto content = openRow(kind, key, row);
  if (!content) return std::unexpected(content.error());
  ByteReader in(*content);
  const uint64_t count = getVarint(in);
  if (count > columnLimit) return broken("it has too many columns");
  uint64_t number = 0;
  for (uint64_t i = 0; i < count; ++i) {
    number += std::min<uint64_t>(getVarint(in), columnLimit);
    const uint64_t size = getVarint(in);
    if (number >= columnLimit || size == 0) return columns_.clear(), broken("its directory is wrong");
    columns_.push_back({static_cast<uint32_t>(number++), {content->data(), size}});  // for its size alone
  }
  for (Column& column : columns_) column.bytes = in.take(column.bytes.size());
  if (!in.ok() || !in.atEnd()) return columns_.clear(), broken("its directory does not match its length");
  return {};
}

Bytes Sheet::column(uint32_t number) const {
  const auto at = std::lower_bound(columns_.begin(), columns_.end(), number,
                                   [](const Column& column, uint32_t n) { return column.number < n; });
  return at != columns_.end() && at->number == number ? at->bytes : Bytes{};
}

}  // namespace nightjar::series
