import * as vscode from 'vscode';

/** A time of day, such as `14:02:11`; with the date if it is not today's. Times on screen are absolute: they never rot. */
export function timeOfDay(wallTime: number): string {
  const date = new Date(wallTime);
  // Without `Intl`, whose formats take longer to make than all else of a row.
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'short' }).format(date)} ${time}`;
}

/** A length of time, such as `60 s`, `1.5 s` or `12 ms`. */
export function duration(ms: number): string {
  if (Math.abs(ms) < 1000 && ms !== 0) return vscode.l10n.t('{0} ms', formatNumber(Math.round(ms)));
  return vscode.l10n.t('{0} s', formatNumber(Math.round(ms / 100) / 10));
}

/** A number of bytes, such as `32 B` or `1.2 kB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return vscode.l10n.t('{0} B', formatNumber(bytes));
  if (bytes < 1_000_000) return vscode.l10n.t('{0} kB', formatNumber(Math.round(bytes / 100) / 10));
  return vscode.l10n.t('{0} MB', formatNumber(Math.round(bytes / 100_000) / 10));
}

/** Not by an `Intl.NumberFormat` of its own, which takes thirty times as long to make. */
function formatNumber(value: number): string {
  return value.toLocaleString(vscode.env.language);
}
