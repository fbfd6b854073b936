/** A value that can be watched: for whatever framework draws it. */
export type Observable<Value> = {
  readonly value: Value;
  /** Calls at once with the value of now, and with each later one, until the function that it returns is called. */
  subscribe(listener: (value: Value) => void): () => void;
};

export type Settable<Value> = Observable<Value> & {
  /** Listeners are called where the value is another one. One that throws harms no other. */
  set(value: Value): void;
};

export function observable<Value>(first: Value): Settable<Value> {
  let current = first;
  const listeners = new Set<(value: Value) => void>();
  const tell = (listener: (value: Value) => void): void => {
    try {
      listener(current);
    } catch (error) {
      reportError(error);
    }
  };
  return {
    get value() {
      return current;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      tell(listener);
      return () => void listeners.delete(listener);
    },
    set: (value) => {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of listeners) tell(listener);
    },
  };
}

/** As the browser does with an error that nobody catches; Node has no `reportError`. */
const reportError = (error: unknown): void =>
  queueMicrotask(() => {
    throw error;
  });
