// JSON (RFC 8259) at the end of a text buffer: one object or array after the other, commas put by itself.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/byte_reader.h"
#include "routing/print/format_number.h"
#include "routing/print/text_buffer.h"

namespace nightjar::print {

// The caller closes what it opens. Keys are written as they are: they must need no escaping.
class JsonWriter {
 public:
  explicit JsonWriter(TextBuffer& out) : out_(out) {}

  void open(char bracket) {
    separate();
    out_.append(bracket);
    first_ = true;
  }
  void close(char bracket) {
    out_.append(bracket);
    first_ = false;
  }
  void key(std::string_view name) {
    separate();
    char* p = out_.room(name.size() + 3);
    *p++ = '"';
    out_.finish(put(put(p, name), "\":"));
    first_ = true;
  }
  // Already JSON, such as a part that was written before and is used again.
  void raw(std::string_view json) {
    separate();
    out_.append(json);
  }
  // Members of an object without the braces, each with its comma before it, or nothing.
  void members(std::string_view json) { out_.append(json); }

  // What follows belongs to an object that has members already.
  void continueObject() { first_ = false; }
  // Ends the line; the next value begins a new document.
  void newline() {
    out_.append('\n');
    first_ = true;
  }

  void number(uint64_t value);
  // Any bytes: what JSON cannot hold as it is, and every byte above 0x7e, becomes \u00xx.
  void text(std::string_view bytes);
  void hex(Bytes bytes);
  void address(const Address& value);
  void prefix(const Prefix& value);

 private:
  void separate() {
    if (!first_) out_.append(',');
    first_ = false;
  }

  TextBuffer& out_;
  bool first_ = true;
};

}  // namespace nightjar::print
