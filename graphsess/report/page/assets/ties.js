// Who came from where to which host: sessions taken together by account, address and host.

import { column, whoColumn } from "./model.js";
import { reach } from "./model.js";

/**
 * The ties among some sessions, worst first: [{user, address, host, count, failed, first, last,
 * priority, reasons}], user, address and host as codes of their columns.
 */
export function ties(rows) {
  const who = whoColumn().codes;
  const from = column("source_address").codes;
  const host = column("host").codes;
  const failed = failedCodes();
  const outcome = column("outcome").codes;
  const priority = column("priority").values;
  const start = column("start").values;
  const reasons = column("priority_reasons");
  const found = new Map();
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k];
    const key = (who[row] * 4_194_304 + from[row]) * 65_536 + host[row];
    let tie = found.get(key);
    if (!tie) {
      tie = { user: who[row], address: from[row], host: host[row], count: 0, failed: 0, first: Infinity, last: -Infinity, priority: -1, worst: row };
      found.set(key, tie);
    }
    tie.count++;
    if (failed[outcome[row]]) tie.failed++;
    if (priority[row] > tie.priority) { tie.priority = priority[row]; tie.worst = row; }
    if (start[row] < tie.first) tie.first = start[row];
    const last = reach(row);
    if (last > tie.last) tie.last = last;
  }
  const all = [...found.values()];
  for (const tie of all) tie.reasons = tie.priority > 0 ? reasons.get(tie.worst) : [];
  return all.sort((a, b) => b.priority - a.priority || b.count - a.count || a.first - b.first || a.worst - b.worst);
}

/** For each code of the outcomes, whether it is a failed one. */
export function failedCodes() {
  const { words } = column("outcome");
  return Uint8Array.from([0, ...words.map((word) => (word === "failed" || word === "denied" ? 1 : 0))]);
}
