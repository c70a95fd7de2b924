// Levels as shares of what is usual.

// What a row usually has: the 75th percentile of what is known of it, so that a blackout of half the span does
// not become ordinary. Null where nothing is known or nothing was ever there.
export function usualOf(values: (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const usual = known[Math.min(known.length - 1, Math.floor(known.length * 0.75))];
  return usual > 0 ? usual : null;
}

// 0: all gone, 1: as usual or more. Where a rise is bad (loss, delay): the usual over the value.
export function shareOf(value: number | null, usual: number | null, risesWhenBad = false): number | null {
  if (value === null || usual === null) return null;
  const share = risesWhenBad ? (value > 0 ? usual / value : 1) : value / usual;
  return Math.max(0, Math.min(1, share));
}
