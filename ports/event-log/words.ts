/**
 * The types of events and the names of their fields, which the embedded event store keeps once and not in each event. A word that is
 * missing here costs its bytes in each event, and nothing else; one that is here and in no event costs nothing either.
 */
import { sealing } from '../../domain/events.ts';

const METADATA_FIELDS = '$correlationId $causationId actor at app command request relied keys';

const DATA_FIELDS =
  '$sealed $by erased text sender clientId messageCount channel message member members owner kind title readBefore upTo replyTo mentions emoji change by seq ' +
  'person login name post author body visibility media quotes shares entities friend follower revision position projection version build snapshot state part parts packed ' +
  'notification category delivery recipient recipients endpoint device vendor vendorId vendors attempt round outcome status reason code error retryAt sendAt sentAt expiresAt ' +
  'deliveredAt url token template locale locales defaultLocale parameters content subject email phone sms push inApp html en de priority critical atMostOnce callback source list ' +
  'schedule digest window closesAt due dueAt skipped events range total stopped operator role scopes key number phase from to until next into id type time timeZone zone local ' +
  'minutes description action occurredAt event payload delivered rule rules platform platforms weight because lastSeenAt lastActiveAt gateway factor topic $ratchet $day afterSeconds of preview scheduled draft';

/** Those that most events have come first: the first 128 take one byte, the others two. */
export const EVENT_WORDS: readonly string[] = [...new Set([...METADATA_FIELDS.split(' '), ...DATA_FIELDS.split(' '), ...Object.keys(sealing)])];
