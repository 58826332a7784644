// The channel between a page and the one that it opened. There are no pages here: both ends are this object.

export function eventChannel() {
  const entries = new Map();
  const keep = (name, isKept) => entries.set(name, (entries.get(name) ?? []).filter(isKept));
  const add = (name, entry) => entries.set(name, [...(entries.get(name) ?? []), entry]);
  return {
    on: (name, listener) => add(name, { listener }),
    once: (name, listener) => add(name, { listener, isOnce: true }),
    /** Takes one listener back, or all of an event. */
    off: (name, listener) => keep(name, (entry) => listener !== undefined && entry.listener !== listener),
    emit: (name, ...given) => {
      for (const entry of entries.get(name) ?? []) {
        if (entry.isOnce) keep(name, (other) => other !== entry);
        entry.listener(...given);
      }
    },
  };
}
