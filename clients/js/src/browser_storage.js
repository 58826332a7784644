// A page's storage: a reload is the app's next launch, so it outlives the page, in localStorage.

/** What `storage` needs of a Map, kept under names that begin with `prefix`. */
export class BrowserStorage {
  #prefix;
  #kept;

  constructor(prefix, kept) {
    this.#prefix = prefix;
    this.#kept = kept;
  }

  has(key) {
    return this.#kept.getItem(this.#prefix + key) !== null;
  }

  get(key) {
    const text = this.#kept.getItem(this.#prefix + key);
    return text === null ? undefined : JSON.parse(text);
  }

  set(key, item) {
    this.#kept.setItem(this.#prefix + key, JSON.stringify(item));
  }

  delete(key) {
    this.#kept.removeItem(this.#prefix + key);
  }

  clear() {
    for (const key of [...this.keys()]) this.delete(key);
  }

  *keys() {
    for (let at = 0; at < this.#kept.length; at += 1) {
      const name = this.#kept.key(at);
      if (name.startsWith(this.#prefix)) yield name.slice(this.#prefix.length);
    }
  }

  *[Symbol.iterator]() {
    for (const key of [...this.keys()]) yield [key, this.get(key)];
  }
}
