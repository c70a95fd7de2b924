// Times are milliseconds since 1970; clocks are worked out for a time zone by name.

export const kMinute = 60_000;
export const kHour = 3_600_000;
export const kDay = 86_400_000;

export interface Clock {
  year: number;
  month: number; // from 0
  day: number;
  hour: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

export function clockOf(time: number, zone = 'UTC'): Clock {
  const parts: Record<string, number> = {};
  for (const part of formatFor(zone).formatToParts(time)) parts[part.type] = Number(part.value);
  return { year: parts.year, month: parts.month - 1, day: parts.day, hour: parts.hour, minute: parts.minute };
}

export function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

export function hoursAndMinutes(clock: Clock): string {
  return `${twoDigits(clock.hour)}:${twoDigits(clock.minute)}`;
}

// How far the zone is ahead of UTC then: "+6", "+5:30", "-3".
export function offsetOf(time: number, zone: string): string {
  const c = clockOf(time, zone);
  const whole = Math.floor(time / kMinute) * kMinute;
  const minutes = Math.round((Date.UTC(c.year, c.month, c.day, c.hour, c.minute) - whole) / kMinute);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 ? `:${twoDigits(size % 60)}` : ''}`;
}

// As the API and addresses write it; whole minutes are enough.
export function toIso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function fromIso(text: string): number {
  return Date.parse(text);
}

export interface Length {
  days: number;
  hours: number;
  minutes: number;
}

// The two largest parts that matter: days and hours, hours and minutes.
export function lengthOf(milliseconds: number): Length {
  const minutes = Math.max(0, Math.round(milliseconds / kMinute));
  const days = Math.floor(minutes / 1440);
  const rest = minutes - days * 1440;
  if (days > 0) {
    const hours = Math.round(rest / 60);
    return hours === 24 ? { days: days + 1, hours: 0, minutes: 0 } : { days, hours, minutes: 0 };
  }
  return { days: 0, hours: Math.floor(rest / 60), minutes: rest % 60 };
}
