// wx's storage: one for each Mini Program and person, kept in memory.

import { asynchronous, Failure } from './call.js';
import { encode } from '#wire';

const ITEM_LIMIT = 1024 * 1024;
const LIMIT_KB = 10 * 1024;

/** A value as it is kept: dates come back as dates, everything else as JSON makes it. */
function written(data) {
  if (Object.prototype.toString.call(data) === '[object Date]') return { type: 'date', text: data.toISOString() };
  return { type: typeof data, text: data === undefined ? '' : JSON.stringify(data) };
}

function restored({ type, text }) {
  if (type === 'date') return new Date(text);
  return type === 'undefined' ? undefined : JSON.parse(text);
}

const size = (text) => encode(text).length;

/** @param {Map<string, { type: string, text: string }>} store */
export function storage(store) {
  const total = () => [...store].reduce((sum, [key, { text }]) => sum + size(key) + size(text), 0);

  const set = (key, data) => {
    if (typeof key !== 'string') throw new Failure('parameter error: parameter.key should be String;');
    let item;
    try {
      item = written(data);
    } catch {
      throw new Failure('data can not be stringified');
    }
    if (item.text === undefined) item = written(undefined);
    // The limits are documented; the words are inferred.
    if (size(item.text) > ITEM_LIMIT) throw new Failure('entry size limit reached, 1MB for a key');
    const old = store.get(key);
    const grown = size(item.text) + (old ? -size(old.text) : size(key));
    if (total() + grown > LIMIT_KB * 1024) throw new Failure('exceed storage max size 10Mb');
    store.set(key, item);
  };

  const get = (key) => {
    const item = store.get(key);
    if (!item) throw new Failure('data not found');
    return restored(item);
  };

  const info = () => ({ keys: [...store.keys()], currentSize: Math.ceil(total() / 1024), limitSize: LIMIT_KB });

  return {
    setStorageSync: sync('setStorageSync', set),
    // The empty text stands for a key that is not there.
    getStorageSync: (key) => (store.has(key) ? get(key) : ''),
    removeStorageSync: (key) => void store.delete(key),
    clearStorageSync: () => store.clear(),
    getStorageInfoSync: info,
    setStorage: asynchronous('setStorage', ({ key, data }) => set(key, data)),
    getStorage: asynchronous('getStorage', ({ key }) => ({ data: get(key) })),
    removeStorage: asynchronous('removeStorage', ({ key }) => void store.delete(key)),
    clearStorage: asynchronous('clearStorage', () => store.clear()),
    getStorageInfo: asynchronous('getStorageInfo', info),
  };
}

/** A function that throws what its asynchronous sister would hand `fail`. */
function sync(name, work) {
  return (...given) => {
    try {
      return work(...given);
    } catch (error) {
      if (error instanceof Failure) throw new Error(`${name}:fail ${error.message}`);
      throw error;
    }
  };
}
