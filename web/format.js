// Numbers and times for people.
const steps = (value, units, base) => {
  let index = 0;
  while (value >= base && index < units.length - 1) { value /= base; index += 1; }
  const digits = value >= 100 || index === 0 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[index]}`;
};
export const rate = (bits) => steps(bits ?? 0, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'], 1000);
export const bytes = (count) => (count === undefined ? '–' : steps(count, ['B', 'kB', 'MB', 'GB', 'TB'], 1000));
export const percent = (part) => `${(part * 100).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`;
export const milliseconds = (time) => (time === undefined || time === null ? '–' : `${time.toFixed(time < 10 ? 1 : 0)} ms`);
export const count = (number) => (number === undefined || number === null ? '–' : number.toLocaleString('en'));

export function duration(seconds) {
  seconds = Math.max(0, Math.round(seconds));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}
export const age = (time, now = Date.now()) => duration((now - Date.parse(time)) / 1000);

/** The time of day; of another day with its date. */
export function clock(time, now = new Date()) {
  const when = new Date(time);
  const text = when.toLocaleTimeString('en-GB');
  return when.toDateString() === now.toDateString() ? text : `${when.toLocaleDateString('en-CA')} ${text}`;
}
export const join = (...parts) => parts.filter((part) => part).join(' · ');
