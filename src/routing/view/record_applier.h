// From decoded records to the peers' tables: one collector's records, in the order of its archive.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "routing/view/path_ids.h"
#include "routing/view/visibility.h"
#include "routing/wire/bgp4mp.h"
#include "routing/wire/mrt.h"
#include "routing/wire/table_dump.h"

namespace nightjar::view {

// What a collector's records came to.
struct ApplierTotals {
  uint64_t records = 0;
  uint64_t ribRoutes = 0;      // entries of RIB dumps
  uint64_t announcements = 0;  // of tracked prefixes, in update messages
  uint64_t withdrawals = 0;
  uint64_t findings = 0;

  ApplierTotals& operator+=(const ApplierTotals& other);
};

// Applies records to a view. Events are held back in a batch; call flush() before the view is read (close()).
class RecordApplier {
 public:
  using OnFinding = std::function<void(const wire::Finding&)>;

  // `view` must outlive the object. `onFinding` is told what could not be used, and why.
  RecordApplier(Visibility& view, CollectorIndex collector, OnFinding onFinding);

  // `time` is the moment that the record counts at.
  void apply(const wire::MrtRecord& record, Time time);
  // A RIB dump ends here (else it ends with the first record of another kind). A dump that is not complete,
  // because its file is cut or damaged, says nothing about the routes that it does not list.
  void endOfDump(bool complete);
  // Part of the record is missing before what comes next: what the peers said cannot be relied on.
  void gap();
  void flush();

  // The view name of the last PEER_INDEX_TABLE; collectors leave it empty, simulations name themselves in it.
  const std::string& viewName() const { return viewName_; }
  const ApplierTotals& totals() const { return totals_; }

 private:
  struct SessionKey {
    Address address;
    Asn asn;
    bool operator==(const SessionKey&) const = default;
  };
  struct SessionHash {
    size_t operator()(const SessionKey& key) const noexcept;
  };

  PeerIndex peerOf(const Address& address, Asn asn);
  PeerIndex findPeer(const SessionKey& session);
  void beginRib(const wire::MrtRecord& record, Time time);
  void applyRib(const wire::MrtRecord& record);
  void applyTableDump(const wire::MrtRecord& record, Time time);
  void flushTableDump();
  void endRib(bool complete = true);
  void applyMessage(const wire::MrtRecord& record, Time time);
  void withdraw(PeerIndex peer, PrefixKey prefix, uint32_t pathId, bool addPath, bool news);
  void applyStateChange(const wire::MrtRecord& record, Time time);
  void found(const wire::Finding& finding);

  Visibility& view_;
  CollectorIndex collector_;
  OnFinding onFinding_;
  std::string viewName_;
  ApplierTotals totals_;
  std::unordered_map<SessionKey, PeerIndex, SessionHash> sessions_;
  // In front of sessions_: the session last seen with each hash.
  static constexpr size_t kRecent = 256;
  std::array<std::pair<SessionKey, PeerIndex>, kRecent> recent_;
  std::vector<Event> events_;
  PathIds pathIds_;
  std::vector<wire::Finding> findings_;

  enum class Dump : uint8_t { kNothing, kTableDump, kTableDumpV2 };
  Dump dump_ = Dump::kNothing;
  std::vector<PeerIndex> ribPeers_;  // TABLE_DUMP_V2: by index in the PEER_INDEX_TABLE
  std::vector<RouteTable::RibPath> paths_;
  PrefixKey pathsPrefix_;  // TABLE_DUMP: of paths_
};

}  // namespace nightjar::view
