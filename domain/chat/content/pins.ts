/** Messages that a channel's members keep at hand: a short list, the newest last. */
export const PINS_MAX = 50;

export type Pinning = { readonly pinned?: readonly number[] };

export const withPin = <State extends Pinning>(state: State, message: number): State => ({
  ...state,
  pinned: [...(state.pinned ?? []).filter((one) => one !== message), message],
});

export const withoutPin = <State extends Pinning>(state: State, message: number): State => ({
  ...state,
  pinned: (state.pinned ?? []).filter((one) => one !== message),
});
