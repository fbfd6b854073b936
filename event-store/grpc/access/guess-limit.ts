/**
 * Limits guesses of passwords: failures of one address for one user tightly, of one address for all users less so, of all addresses for one
 * user loosely, so that a stranger can't easily lock a user out. A user who has logged in from an address before is held to the first alone.
 */

/** So many failures at once, and then one more each so often. */
type Allowance = { readonly failures: number; readonly refillMs: number };

const PER_ADDRESS_AND_USER: Allowance = { failures: 20, refillMs: 5_000 };
const PER_ADDRESS: Allowance = { failures: 60, refillMs: 1_000 };
const PER_USER: Allowance = { failures: 300, refillMs: 1_000 };
/** Addresses, users or pairs of them that are remembered; the longest untouched is forgotten first. */
const REMEMBERED_MAX = 10_000;

export type Guesser = { readonly address: string; readonly login: string };

export type GuessLimit = {
  /** After so long a password may be checked; 0: now. */
  lockedForMs(guesser: Guesser): number;
  /** Counts a wrong password; says whether the guesser is locked out from now on. */
  failed(guesser: Guesser): boolean;
  succeeded(guesser: Guesser): void;
};

/** `monotonicMs` never goes back, whatever happens to the clock. */
export function limitGuesses(monotonicMs: () => number): GuessLimit {
  const perPair = countFailures(PER_ADDRESS_AND_USER, monotonicMs);
  const perAddress = countFailures(PER_ADDRESS, monotonicMs);
  const perUser = countFailures(PER_USER, monotonicMs);
  const knownPairs = new Set<string>();
  const pairOf = ({ address, login }: Guesser) => `${address} ${login}`;

  function lockedForMs(guesser: Guesser): number {
    const pair = pairOf(guesser);
    const own = perPair.lockedForMs(pair);
    return knownPairs.has(pair) ? own : Math.max(own, perAddress.lockedForMs(guesser.address), perUser.lockedForMs(guesser.login));
  }

  return {
    lockedForMs,
    failed: (guesser) => {
      perPair.add(pairOf(guesser));
      perAddress.add(guesser.address);
      perUser.add(guesser.login);
      return lockedForMs(guesser) > 0;
    },
    succeeded: (guesser) => {
      const pair = pairOf(guesser);
      if (knownPairs.has(pair)) return;
      knownPairs.add(pair);
      forgetOldest(knownPairs);
    },
  };
}

function countFailures({ failures, refillMs }: Allowance, monotonicMs: () => number) {
  const counted = new Map<string, { readonly level: number; readonly atMs: number }>();
  const levelOf = (key: string) => {
    const count = counted.get(key);
    return count === undefined ? 0 : Math.max(0, count.level - (monotonicMs() - count.atMs) / refillMs);
  };
  return {
    lockedForMs: (key: string): number => Math.max(0, Math.ceil((levelOf(key) - failures + 1) * refillMs)),
    add: (key: string): void => {
      const level = levelOf(key) + 1;
      counted.delete(key); // so that it becomes the newest
      counted.set(key, { level, atMs: monotonicMs() });
      forgetOldest(counted);
    },
  };
}

function forgetOldest(remembered: { readonly size: number; keys(): Iterable<string>; delete(key: string): boolean }): void {
  if (remembered.size <= REMEMBERED_MAX) return;
  for (const oldest of remembered.keys()) {
    remembered.delete(oldest);
    return;
  }
}

/** The address of a peer (`address:port`), by which its failures are counted: of IPv6 the network, of which one client has many addresses. */
export function addressOf(peer: string): string {
  const address = peer.replace(/:\d+$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter((group) => group !== '').length;
  const network = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0')].slice(0, 4);
  return `${network.join(':')}::/64`;
}
