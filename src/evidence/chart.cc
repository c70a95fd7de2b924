#include "evidence/chart.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace nightjar::evidence {
namespace {

constexpr double kWidth = 1200;
constexpr double kPanelHeight = 220;
constexpr double kMarginLeft = 90, kMarginRight = 24, kMarginTop = 76, kMarginBottom = 64, kGap = 56;
constexpr double kPngScale = 2;
// A line with more bins than this is drawn thinner, so that its noise does not become an area.
constexpr size_t kManyBins = 1200;

struct Colour {
  double red, green, blue, alpha = 1;
};
// Okabe and Ito's blue and vermilion are told apart by all kinds of colour vision.
constexpr Colour kInk = {0.13, 0.13, 0.15};
constexpr Colour kFaint = {0.13, 0.13, 0.15, 0.12};
constexpr Colour kLine = {0.0, 0.447, 0.698};
constexpr Colour kBaseline = {0.35, 0.35, 0.38};
constexpr Colour kBand = {0.835, 0.369, 0.0, 0.16};

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
using Context = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

enum class Align : uint8_t { kLeft, kMiddle, kRight };

double heightOf(const Chart& chart) {
  const auto panels = static_cast<double>(std::max<size_t>(1, chart.lines.size()));
  return kMarginTop + panels * kPanelHeight + (panels - 1) * kGap + kMarginBottom;
}

// 1, 2 or 5 times a power of ten, so that about `count` of them fill the span.
double niceStep(double span, double count) {
  const double rough = span / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

// "4 Jan", with the clock where the day does not say it: "4 Jan 18:00".
std::string timeLabel(Time time, bool clock) {
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  const std::string date =
      fmt::format("{} {}", static_cast<unsigned>(day.day()), kMonths[static_cast<unsigned>(day.month()) - 1]);
  return clock ? date + " " + formatTime(time).substr(11, 5) : date;
}

// "20000", "1.2 million": never in powers of ten.
std::string valueLabel(double value) {
  return value >= 1e6 ? fmt::format("{:.6g} million", value / 1e6) : fmt::format("{:.6g}", value);
}

Seconds timeStep(Seconds span) {
  constexpr std::array kSteps = {Seconds(300),
                                 Seconds(900),
                                 Seconds(3600),
                                 Seconds(3 * 3600),
                                 Seconds(6 * 3600),
                                 Seconds(12 * 3600),
                                 Seconds(24 * 3600),
                                 Seconds(2 * 24 * 3600),
                                 Seconds(7 * 24 * 3600),
                                 Seconds(14 * 24 * 3600),
                                 Seconds(30 * 24 * 3600),
                                 Seconds(90 * 24 * 3600)};
  for (const Seconds step : kSteps) {
    if (span / step <= 10) return step;
  }
  return Seconds(365 * 24 * 3600);
}

class Painter {
 public:
  Painter(cairo_t* context, const Chart& chart) : context_(context), chart_(chart) {}

  void paint() {
    colour({1, 1, 1});
    cairo_paint(context_);
    text(kMarginLeft, 30, 19, chart_.title, Align::kLeft, true);
    double top = kMarginTop;
    for (const ChartLine& line : chart_.lines) {
      panel(line, top);
      top += kPanelHeight + kGap;
    }
    text(kMarginLeft, heightOf(chart_) - 12, 12, chart_.note, Align::kLeft);
  }

 private:
  void colour(const Colour& c) { cairo_set_source_rgba(context_, c.red, c.green, c.blue, c.alpha); }

  void text(double x, double y, double size, const std::string& words, Align align, bool bold = false) {
    cairo_select_font_face(context_, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context_, size);
    cairo_text_extents_t extents;
    cairo_text_extents(context_, words.c_str(), &extents);
    if (align == Align::kMiddle) x -= extents.x_advance / 2;
    if (align == Align::kRight) x -= extents.x_advance;
    colour(kInk);
    cairo_move_to(context_, x, y);
    cairo_show_text(context_, words.c_str());
  }

  double x(Time time) const {
    const auto span = std::chrono::duration<double>(chart_.until - chart_.from).count();
    const auto at = std::chrono::duration<double>(time - chart_.from).count();
    return kMarginLeft + (kWidth - kMarginLeft - kMarginRight) * std::clamp(at / span, 0.0, 1.0);
  }

  void panel(const ChartLine& line, double top) {
    double most = line.baseline.value_or(0);
    for (const series::Point& point : line.series.points) {
      if (point.present()) most = std::max(most, point.value);
    }
    most = most > 0 ? 1.06 * most : 1;
    const double bottom = top + kPanelHeight;
    const auto y = [&](double value) { return bottom - kPanelHeight * value / most; };
    for (const ChartBand& band : chart_.bands) {
      colour(kBand);
      cairo_rectangle(context_, x(band.from), top, std::max(1.0, x(band.until) - x(band.from)), kPanelHeight);
      cairo_fill(context_);
    }
    grid(most, top, y);
    timeAxis(top, bottom);
    if (line.baseline) dashed(y(*line.baseline));
    curve(line.series, y);
    text(kMarginLeft, top - 8, 14, line.label, Align::kLeft, true);
  }

  template <typename Y>
  void grid(double most, double top, const Y& y) {
    cairo_set_line_width(context_, 1);
    const double step = niceStep(most, 5);
    for (double value = 0; value <= most; value += step) {
      colour(kFaint);
      cairo_move_to(context_, kMarginLeft, y(value));
      cairo_line_to(context_, kWidth - kMarginRight, y(value));
      cairo_stroke(context_);
      if (y(value) > top + 8 || value == 0)
        text(kMarginLeft - 8, y(value) + 4, 12, valueLabel(value), Align::kRight);
    }
  }

  void timeAxis(double top, double bottom) {
    const auto span = std::chrono::duration_cast<Seconds>(chart_.until - chart_.from);
    const Seconds step = timeStep(span);
    const auto first = std::chrono::ceil<Seconds>(chart_.from).time_since_epoch();
    for (Seconds at = (first + step - Seconds(1)) / step * step; Time(at) <= chart_.until; at += step) {
      const double here = x(Time(at));
      colour(kFaint);
      cairo_move_to(context_, here, top);
      cairo_line_to(context_, here, bottom);
      cairo_stroke(context_);
      text(here, bottom + 17, 12, timeLabel(Time(at), step < std::chrono::hours(24)), Align::kMiddle);
    }
  }

  void dashed(double y) {
    constexpr double kDashes[] = {6, 5};
    cairo_set_dash(context_, kDashes, 2, 0);
    colour(kBaseline);
    cairo_set_line_width(context_, 1.2);
    cairo_move_to(context_, kMarginLeft, y);
    cairo_line_to(context_, kWidth - kMarginRight, y);
    cairo_stroke(context_);
    cairo_set_dash(context_, nullptr, 0, 0);
  }

  // Steps from bin to bin; where a bin is absent, nothing.
  template <typename Y>
  void curve(const series::Series& series, const Y& y) {
    colour(kLine);
    cairo_set_line_width(context_, series.points.size() > kManyBins ? 1.1 : 1.8);
    cairo_set_line_join(context_, CAIRO_LINE_JOIN_ROUND);
    bool drawing = false;
    Bin bin = series.first;
    for (const series::Point& point : series.points) {
      const Time start = bin.start(series.width);
      const Time end = bin.end(series.width);
      bin = bin.next();
      if (end <= chart_.from || start >= chart_.until || !point.present()) {
        drawing = false;
        continue;
      }
      if (drawing) {
        cairo_line_to(context_, x(start), y(point.value));
      } else {
        cairo_move_to(context_, x(start), y(point.value));
      }
      cairo_line_to(context_, x(end), y(point.value));
      drawing = true;
    }
    cairo_stroke(context_);
  }

  cairo_t* context_;
  const Chart& chart_;
};

cairo_status_t append(void* to, const unsigned char* bytes, unsigned length) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), length);
  return CAIRO_STATUS_SUCCESS;
}

std::unexpected<Error> cannotDraw(cairo_status_t status) {
  return fail(ErrorKind::kLimit,
              fmt::format("the chart cannot be drawn: {}", cairo_status_to_string(status)));
}

}  // namespace

Result<std::string> toPng(const Chart& chart) {
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(kWidth * kPngScale),
                                                   static_cast<int>(heightOf(chart) * kPngScale)),
                        cairo_surface_destroy);
  const Context context(cairo_create(surface.get()), cairo_destroy);
  cairo_scale(context.get(), kPngScale, kPngScale);
  Painter(context.get(), chart).paint();
  std::string png;
  const cairo_status_t status = cairo_surface_write_to_png_stream(surface.get(), append, &png);
  if (status != CAIRO_STATUS_SUCCESS) return cannotDraw(status);
  return png;
}

Result<std::string> toSvg(const Chart& chart) {
  std::string svg;
  {
    const Surface surface(cairo_svg_surface_create_for_stream(append, &svg, kWidth, heightOf(chart)),
                          cairo_surface_destroy);
    const Context context(cairo_create(surface.get()), cairo_destroy);
    Painter(context.get(), chart).paint();
    cairo_surface_finish(surface.get());
    const cairo_status_t status = cairo_surface_status(surface.get());
    if (status != CAIRO_STATUS_SUCCESS) return cannotDraw(status);
  }
  return svg;
}

}  // namespace nightjar::evidence
