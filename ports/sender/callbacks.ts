/** What vendors tell of messages after they took them, and of those who answer: the same facts, whichever vendor tells them. */
import type { DeliveryId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

/**
 * `accepted`: the vendor has taken it on, which settles an attempt whose answer was lost. `undelivered`: it will not arrive. `stop`, `start`: a
 * person has sent such a word to a number of ours. `other` says nothing that is kept, such as an event of a kind that is new: answer it 2xx
 * all the same, for a vendor that is refused sends it for days.
 */
export type CallbackFact = 'accepted' | 'delivered' | 'undelivered' | 'opened' | 'clicked' | 'complained' | 'unsubscribed' | 'stop' | 'start' | 'other';

export type VendorCallback = {
  /** Ours, as it rode with the message; absent where the vendor doesn't give it back, and in what people send. */
  readonly delivery?: DeliveryId;
  readonly attempt?: number;
  /** The message's, as in the outcome of the attempt that sent it. */
  readonly vendorId?: string;
  /** The event's own, the same each time that the vendor tells of it. */
  readonly callback: string;
  /** When it happened where the vendor says so, else when it came. */
  readonly at: Instant;
  readonly what: CallbackFact;
  /** The vendor's word for it; no text that a person wrote. */
  readonly reason?: string;
  /** Nothing reaches this address or number any more. */
  readonly endpointLost?: 'hard-bounce';
  /** It was opened or clicked by a program, such as a link scanner. */
  readonly isMachine?: boolean;
  /** Who sent a `stop` or `start`: a number in E.164. */
  readonly from?: string;
  /** The address or number that the message went to; of a `stop` or `start`, the number of ours that it came to. */
  readonly to?: string;
  /** The vendor's messaging service that a `stop` or `start` came to, where it came to one. */
  readonly service?: string;
};

export type CallbackRequest = {
  /** The exact public one, with the query, as the vendor was given it. */
  readonly url: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Buffer;
};

export type CallbackVerifier = {
  /** The account's name, as its sender has it. */
  readonly vendor: string;
  /** `refused`, for the log: the request is not the vendor's, or stale. Never throws. */
  verify(request: CallbackRequest): readonly VendorCallback[] | { readonly refused: string };
};
