#include "evidence/card.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "base/markup.h"
#include "base/time.h"
#include "evidence/incident_text.h"

namespace nightjar::evidence {
namespace {

using rapidjson::Value;

// The chart is drawn in a box of its own measure and stretched to the frame's width.
constexpr double kWidth = 300;
constexpr double kHeight = 60;
constexpr size_t kMostStretches = 300;
constexpr double kHeadroom = 1.08;

// The colours are the page's (ui/src/style/colours.css).
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--paper:#fff;--ink:#1a1d1f;--soft:#545c61;--rule:#d9d6cd;--link:#0b4f7d;--down:#a3280f;
--partial:#8a5200;--line:#14384d;--fill:rgba(20,56,77,.1);--base:#2a6f97;--band:rgba(163,40,15,.12);
--warn-paper:#fff1c9;--warn-ink:#4d3800}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--paper:#1a1f23;--ink:#e9e6df;--soft:#a7adb0;
--rule:#333a3f;--link:#8cc6ee;--down:#ff8a66;--partial:#f0b452;--line:#a8d3ee;--fill:rgba(168,211,238,.12);
--base:#7fc0e6;--band:rgba(255,138,102,.18);--warn-paper:#3d3005;--warn-ink:#ffe39a}}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark;--paper:#1a1f23;--ink:#e9e6df;--soft:#a7adb0;
--rule:#333a3f;--link:#8cc6ee;--down:#ff8a66;--partial:#f0b452;--line:#a8d3ee;--fill:rgba(168,211,238,.12);
--base:#7fc0e6;--band:rgba(255,138,102,.18);--warn-paper:#3d3005;--warn-ink:#ffe39a}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,
'Noto Sans','Liberation Sans',Arial,sans-serif}
main{min-height:100vh;display:flex;flex-direction:column;padding:.9rem 1.1rem .7rem;border:1px solid var(--rule);
border-top:4px solid var(--state)}
main[data-state=down]{--state:var(--down)}main[data-state=partial]{--state:var(--partial)}
h1{font:700 1.35rem/1.2 Charter,'Bitstream Charter','Source Serif 4',Georgia,Cambria,serif;margin:0}
h1:lang(kk){font-family:'Noto Serif',system-ui,sans-serif}
p{margin:0}a{color:var(--link);text-underline-offset:.15em}h1 a{color:inherit;text-decoration-color:var(--rule)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.warn{background:var(--warn-paper);color:var(--warn-ink);font-weight:600;font-size:.85rem;padding:.25rem .5rem;
margin:0 0 .6rem}
.kind{font-size:.9rem;color:var(--soft);margin:.15rem 0 .5rem}.kind b{color:var(--state)}
.lede{max-width:44rem;text-wrap:pretty}
figure{flex:1;max-height:17rem;display:flex;flex-direction:column;margin:.7rem 0 .5rem;min-height:6.2rem}
figcaption,.ends,footer{font-size:.8rem;color:var(--soft);display:flex;flex-wrap:wrap;gap:0 1rem;
justify-content:space-between}
svg{flex:1;display:block;width:100%;height:3.6rem;min-height:3.6rem;border-bottom:1px solid var(--soft);margin:.2rem 0}
.line{fill:none;stroke:var(--line);stroke-width:1.6}.area{fill:var(--fill)}.band{fill:var(--band)}
.base{fill:none;stroke:var(--base);stroke-width:1.3;stroke-dasharray:6 4}path{vector-effect:non-scaling-stroke}
.dash{display:inline-block;width:1.8em;border-top:2px dashed var(--base);vertical-align:middle;margin-right:.4em}
footer{margin-top:auto;border-top:1px solid var(--rule);padding-top:.45rem;overflow-wrap:anywhere}
)";

// "sha256-...", as a Content-Security-Policy names an element's text (CSP 3, section 2.3.1).
std::string styleHash() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(kStyle.data()), kStyle.size());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      text{};
  sodium_bin2base64(text.data(), text.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return std::string("sha256-") + text.data();
}

bool isDown(const std::string& kind) {
  return kind == "withdrawn" || kind == "announced-dark" || kind == "dark";
}

class Drawing {
 public:
  Drawing(const series::Series& series, std::optional<double> baseline)
      : series_(series), baseline_(baseline) {
    most_ = baseline.value_or(0);
    for (const series::Point& point : series_.points) {
      if (point.present()) most_ = std::max(most_, point.value);
    }
    most_ = most_ > 0 ? kHeadroom * most_ : 1;
  }

  std::string svg(const std::vector<Span>& spans, const std::string& label) const {
    std::string out =
        fmt::format("<svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
                    kWidth, kHeight, escapeMarkup(label));
    for (const Span& span : spans) {
      const double from = x(span.from);
      fmt::format_to(std::back_inserter(out),
                     "<rect class=\"band\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{}\"/>", from,
                     std::max(0.6, x(span.until) - from), kHeight);
    }
    out += curves();
    if (baseline_)
      fmt::format_to(std::back_inserter(out), "<path class=\"base\" d=\"M0 {0:.1f}H{1}\"/>", y(*baseline_),
                     kWidth);
    return out + "</svg>";
  }

 private:
  double x(Time time) const {
    const Time from = series_.first.start(series_.width);
    const Time until = series_.end().start(series_.width);
    const double share =
        std::chrono::duration<double>(time - from) / std::chrono::duration<double>(until - from);
    return kWidth * std::clamp(share, 0.0, 1.0);
  }
  double y(double value) const { return kHeight * (1 - value / most_); }

  // The least of each stretch, so that no fall is lost; where nothing is known, nothing is drawn.
  std::string curves() const {
    const size_t stretches = std::min(series_.points.size(), kMostStretches);
    std::string line, area;
    double begun = -1;
    const auto close = [&] {
      if (begun >= 0) fmt::format_to(std::back_inserter(area), "V{}H{:.1f}Z", kHeight, begun);
      begun = -1;
    };
    for (size_t i = 0; i < stretches; ++i) {
      const size_t from = i * series_.points.size() / stretches;
      const size_t until = (i + 1) * series_.points.size() / stretches;
      std::optional<double> least;
      for (size_t at = from; at < until; ++at) {
        if (series_.points[at].present())
          least = std::min(least.value_or(series_.points[at].value), series_.points[at].value);
      }
      const double left = kWidth * static_cast<double>(i) / static_cast<double>(stretches);
      const double right = kWidth * static_cast<double>(i + 1) / static_cast<double>(stretches);
      if (!least) {
        close();
        continue;
      }
      const std::string step = begun < 0 ? fmt::format("M{:.1f} {:.1f}H{:.1f}", left, y(*least), right)
                                         : fmt::format("V{:.1f}H{:.1f}", y(*least), right);
      if (begun < 0) begun = left;
      line += step;
      area += step;
    }
    close();
    return fmt::format("<path class=\"area\" d=\"{}\"/><path class=\"line\" d=\"{}\"/>", area, line);
  }

  const series::Series& series_;
  std::optional<double> baseline_;
  double most_ = 1;
};

std::string figure(const Card& card, const Value& incident) {
  if (!card.series || card.series->points.empty()) return {};
  const series::Series& series = *card.series;
  const std::string name = signalName(card.signal);
  const auto end = [&](Time time) {
    const std::string words = formatTime(time);
    return fmt::format("<time datetime=\"{0}\" data-at=\"{0}\">{1} {2} UTC</time>", words, date(words),
                       words.substr(11, 5));
  };
  const BinWidth width = series.width;
  return fmt::format(
      "<figure><figcaption><span data-say=\"signal\" data-signal=\"{}\">{}</span>{}</figcaption>{}"
      "<p class=\"ends\">{}{}</p></figure>\n",
      escapeMarkup(card.signal), escapeMarkup(name),
      card.baseline ? "<span><i class=\"dash\"></i><span data-say=\"baseline\">ordinary level</span></span>"
                    : "",
      Drawing(series, card.baseline).svg(spansOf(incident), name), end(series.first.start(width)),
      end(series.end().start(width)));
}

std::string_view stateWord(const std::string& state) {
  if (state == "open") return "going on when the data ended";
  if (state == "ended") return "over";
  if (state == "joined") return "told in another incident";
  return state == "retracted" ? "taken back" : "";
}

}  // namespace

Result<CardPage> toCard(const Card& card) {
  rapidjson::Document incident;
  incident.Parse(card.incident_json.c_str(), card.incident_json.size());
  if (!incident.IsObject()) return fail(ErrorKind::kInvalid, "is no incident");
  const std::string id = escapeMarkup(text(incident, "id"));
  const std::string kind = text(incident, "kind");
  const std::string name = text(incident, "name");
  const std::string title = escapeMarkup(
      fmt::format("{}, {}", name.empty() ? text(incident, "entity") : name, date(text(incident, "onset"))));
  // A frame shows other pages in a window of their own; the address names the revision, so that it lasts.
  const std::string link = fmt::format(
      "href=\"/#/incident/{}?revision={}\" target=\"_blank\" rel=\"noopener\"", id, card.revision);
  const bool simulated = !text(incident, "simulation").empty();
  CardPage page{.style_hash = styleHash()};
  page.html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"{}><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" "
      "content=\"noindex\"><title>{}</title>"
      "<style>{}</style>{}</head>\n<body><main data-incident=\"{}\" data-revision=\"{}\" "
      "data-state=\"{}\">\n",
      card.theme.empty() ? std::string() : fmt::format(" data-theme=\"{}\"", escapeMarkup(card.theme)), title,
      kStyle,
      card.script.empty()
          ? std::string()
          : fmt::format("<script type=\"module\" src=\"{}\"></script>", escapeMarkup(card.script)),
      id, card.revision, isDown(kind) ? "down" : "partial");
  if (simulated) page.html += "<p class=\"warn\" data-say=\"simulation\">Simulation, not a measurement</p>\n";
  fmt::format_to(std::back_inserter(page.html),
                 "<h1><a {} data-say=\"title\">{}</a></h1>\n<p class=\"kind\"><b data-say=\"kind\">{}</b> · "
                 "<span data-say=\"state\">{}</span></p>\n<p class=\"lede\" data-say=\"sentence\">{}</p>\n{}",
                 link, title, escapeMarkup(kindName(kind)), stateWord(text(incident, "state")),
                 escapeMarkup(sentence(incident)), figure(card, incident));
  fmt::format_to(std::back_inserter(page.html),
                 "<footer><span data-say=\"source\">Source: Nightjar, incident {}, revision {}</span>"
                 "<a {} data-say=\"open\">How this is known</a></footer>\n</main></body></html>\n",
                 id, card.revision, link);
  return page;
}

}  // namespace nightjar::evidence
