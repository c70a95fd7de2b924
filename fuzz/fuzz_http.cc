// Any request to the API over a small store. The input is the target, then lines: the method's number and
// whether gzip is taken ("0g"), the Accept field, the Authorization field, and what is left is the body.
// Whatever is asked: a sound answer, JSON that parses, no header that holds a line break.
#include <rapidjson/document.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "series/signals.h"
#include "serve/answer_cache.h"
#include "serve/api.h"

namespace {

using namespace nightjar;  // NOLINT(google-build-using-namespace)

void require(bool condition) {
  if (!condition) std::abort();
}

// Two countries, a region and a network; an incident that stands and one that recurs.
std::unique_ptr<series::Store> makeStore() {
  auto store = series::openStore(":memory:").value();
  const Time onset = Bin{5'000'100}.start(BinWidth());
  for (const char* code : {"KZ", "EG", "KZ-ALA", "AS9198@KZ", "AS9198"}) {
    const Entity entity = Entity::parse(code).value();
    for (const std::string_view signal : {series::kVisible24, series::kUp24, series::kLoss}) {
      const auto id = store->idOf({series::Signal(signal), entity}).value();
      for (int64_t bin = 0; bin < 300; ++bin) {
        if (bin % 97 == 5) continue;  // gaps
        const series::Sample sample{id, {bin == 100 ? 0.0 : 100.0, 0.5}};
        require(store->append(Bin{5'000'000 + bin}, {&sample, 1}).has_value());
      }
    }
    const std::string text =
        R"({"id":"","name":"N <&> \"q\", é","kind":"dark","state":"open","depth":1.0,"confidence":null,)"
        R"("judged_until":"2017-07-15T00:00:00Z","signals":[{"signal":"probe.up24","level_worst":"critical",)"
        R"("onset":"2017-07-14T16:20:00Z","end":null,"baseline":100,"floor":0}],"recurrence":{"occurrences":)"
        R"([{"onset":"2017-07-14T16:20:00Z","end":null}]}})";
    require(store->putIncident({std::string(code) + "-1", 0, "nightjar", entity, onset, std::nullopt, text})
                .has_value());
  }
  require(store->addSource({"bview.gz", "rrc00", "rib", onset, onset, "a map", "", "nightjar"}).has_value());
  return store;
}

struct Instance {
  Instance() {
    store = makeStore();
    const auto names = [](const Entity& entity) {
      return std::vector<std::string>{"Name of " + entity.code()};
    };
    api = std::make_unique<serve::Api>(*store, serve::readSnapshot(*store, names).value(),
                                       serve::ApiOptions{"0"});
    api->addTo(router);
  }
  std::unique_ptr<series::Store> store;
  std::unique_ptr<serve::Api> api;
  serve::Router router;
};

std::string_view takeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool isPlain(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void check(const serve::Response& response) {
  require(response.status == 200 || response.status == 400 || response.status == 404 ||
          response.status == 405);
  require(isPlain(response.type));
  for (const auto& [name, value] : response.headers) require(isPlain(name) && isPlain(value));
  if (response.type.find("json") != std::string::npos && !response.pieces) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.c_str(), response.body.size());
    require(!document.HasParseError() && document.IsObject());
    require(response.status == 200 || document.HasMember("error"));
  }
  if (!response.pieces) return;
  constexpr int kEnough = 200;
  for (int i = 0; i < kEnough; ++i) {
    const auto piece = response.pieces();
    require(piece.has_value());
    if (piece->empty()) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Instance instance;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  serve::Request request;
  const auto read = serve::readTarget(takeLine(rest), request);
  if (!read) {
    require(!read.error().message.empty());
    check(serve::errorResponse(400, read.error().message));
    return 0;
  }
  for (const std::string& segment : request.segments) {
    require(segment != "." && segment != ".." && segment.find('/') == std::string::npos && isPlain(segment));
  }
  const std::string_view form = takeLine(rest);
  request.method = form.empty() ? serve::Method::kGet : static_cast<serve::Method>((form[0] & 0x7f) % 7);
  request.takes_gzip = form.find('g') != std::string_view::npos;
  request.accept = takeLine(rest);
  request.authorization = takeLine(rest);
  request.body = rest;
  serve::Response response = instance.router.dispatch(request);
  check(response);
  serve::AnswerCache cache(size_t{1} << 20);
  const std::string question = serve::questionOf(request);
  if (!serve::settle(response, request.takes_gzip)) return 0;
  cache.keep(1, question, response);
  const auto known = cache.find(1, question);
  require(!known || known->fixed->size() > 0);
  return 0;
}
