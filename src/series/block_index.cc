#include "series/block_index.h"

#include <algorithm>

#include "base/varint.h"

namespace nightjar::series {
namespace {

constexpr int64_t kWindowLimit = kBinLimit / kBinsPerWindow;

std::unexpected<Error> broken(const char* what) {
  return fail(ErrorKind::kInvalid, what);
}

Result<std::vector<BlockIndex::Windows>> getWindows(ByteReader& in) {
  std::vector<BlockIndex::Windows> windows;
  uint64_t end = 0;
  for (uint64_t left = getVarint(in); left != 0; --left) {
    const uint64_t gap = getVarint(in);
    const uint64_t count = getVarint(in);
    if (!in.ok()) return broken("it ends inside its windows");
    const bool touches = gap == 0 && !windows.empty();
    if (touches || gap > kWindowLimit || count == 0 || count > kWindowLimit ||
        end + gap + count > kWindowLimit) {
      return broken("its windows are wrong");
    }
    windows.push_back({static_cast<int64_t>(end + gap), static_cast<int64_t>(count)});
    end += gap + count;
  }
  return windows;
}

}  // namespace

void Extent::include(Bin bin) {
  *this =
      empty() ? Extent{bin.index, bin.index} : Extent{std::min(first, bin.index), std::max(last, bin.index)};
}

bool BlockIndex::holds(int64_t window) const {
  return std::any_of(windows_.begin(), windows_.end(), [&](const Windows& run) {
    return window >= run.first && window < run.first + run.count;
  });
}

void BlockIndex::add(int64_t window) {
  if (holds(window)) return;
  auto next =
      std::find_if(windows_.begin(), windows_.end(), [&](const Windows& run) { return run.first > window; });
  next = windows_.insert(next, {window, 1});
  if (next + 1 != windows_.end() && window + 1 == (next + 1)->first) {
    next->count += (next + 1)->count;
    windows_.erase(next + 1);
  }
  if (next != windows_.begin() && (next - 1)->first + (next - 1)->count == window) {
    (next - 1)->count += next->count;
    windows_.erase(next);
  }
}

std::vector<uint8_t> BlockIndex::encode() const {
  std::vector<uint8_t> out;
  putVarint(out, windows_.size());
  int64_t end = 0;
  for (const Windows& run : windows_) {
    putVarint(out, static_cast<uint64_t>(run.first - end));
    putVarint(out, static_cast<uint64_t>(run.count));
    end = run.first + run.count;
  }
  Extent last{0, 0};
  for (const Extent& extent : extents_) {
    if (extent.empty()) {
      putVarint(out, 0);
      continue;
    }
    putVarint(out, zigzag(extent.first - last.first) + 1);
    putVarint(out, zigzag(extent.last - last.last));
    last = extent;
  }
  return out;
}

Result<BlockIndex> BlockIndex::decode(Bytes bytes) {
  ByteReader in(bytes);
  BlockIndex index;
  auto windows = getWindows(in);
  if (!windows) return std::unexpected(windows.error());
  index.windows_ = std::move(*windows);
  const auto step = [](int64_t from, uint64_t code) {
    return static_cast<int64_t>(static_cast<uint64_t>(from) + static_cast<uint64_t>(unzigzag(code)));
  };
  Extent last{0, 0};
  for (Extent& extent : index.extents_) {
    const uint64_t code = getVarint(in);
    if (code == 0) continue;
    extent = {step(last.first, code - 1), step(last.last, getVarint(in))};
    if (extent.first < 0 || extent.empty() || extent.last >= kBinLimit) {
      return broken("a series' first or last bin is wrong");
    }
    last = extent;
  }
  if (!in.ok() || !in.atEnd()) return broken("it has a wrong length");
  return index;
}

}  // namespace nightjar::series
