/**
 * What Twilio's error codes mean for a delivery, one row for each that a message can end with: those of the API, which come when a message
 * is created, and those of carriers (30xxx), which come with a status callback. Source: Twilio's error and warning dictionary.
 */

type TwilioFault = {
  readonly reason: string;
  /**
   * `number`: nothing reaches it any more. `account`: an operator has to act. `later`: not taken, and taken another time. `message`: this
   * one goes nowhere, which says nothing of the number. `unclear`: it may have been taken.
   */
  readonly blame: 'number' | 'account' | 'later' | 'message' | 'unclear';
};

const fault = (blame: TwilioFault['blame'], reason: string): TwilioFault => ({ blame, reason });

const OF_ACCOUNT: Readonly<Record<number, TwilioFault>> = {
  20003: fault('account', 'unauthorized'),
  20005: fault('account', 'account-inactive'),
  20006: fault('account', 'access-denied'),
  20008: fault('account', 'test-credentials'),
  20101: fault('account', 'access-token-invalid'),
  20403: fault('account', 'forbidden'),
  20404: fault('account', 'account-unknown'),
  30002: fault('account', 'account-suspended'),
};

const OF_NUMBER: Readonly<Record<number, TwilioFault>> = {
  21211: fault('number', 'number-invalid'),
  21265: fault('number', 'number-is-short-code'),
  21268: fault('number', 'number-is-premium'),
  21614: fault('number', 'number-not-mobile'),
  21635: fault('number', 'number-is-landline'),
  30006: fault('number', 'number-is-landline'),
};

const FOR_LATER: Readonly<Record<number, TwilioFault>> = {
  14107: fault('later', 'rate-limited'),
  20429: fault('later', 'rate-limited'),
  21611: fault('later', 'queue-full'),
  21730: fault('later', 'maintenance'),
  30001: fault('later', 'queue-full'),
};

const UNCLEAR: Readonly<Record<number, TwilioFault>> = {
  20500: fault('unclear', 'server-error'),
  20503: fault('unclear', 'unavailable'),
  20504: fault('unclear', 'gateway-timeout'),
};

const OF_MESSAGE: Readonly<Record<number, TwilioFault>> = {
  20001: fault('message', 'request-invalid'),
  20422: fault('message', 'request-invalid'),
  21212: fault('message', 'sender-invalid'),
  21219: fault('message', 'number-unverified-on-trial'),
  21266: fault('message', 'number-is-sender'),
  21267: fault('message', 'sender-name-on-trial'),
  21408: fault('message', 'region-not-permitted'),
  21601: fault('message', 'sender-not-capable'),
  21602: fault('message', 'body-missing'),
  21603: fault('message', 'sender-missing'),
  21604: fault('message', 'number-missing'),
  21605: fault('message', 'message-too-long'),
  21606: fault('message', 'sender-not-capable'),
  21608: fault('message', 'number-unverified-on-trial'),
  21609: fault('message', 'callback-invalid'),
  21610: fault('message', 'recipient-stopped'),
  21612: fault('message', 'no-route'),
  21616: fault('message', 'sender-ambiguous'),
  21617: fault('message', 'message-too-long'),
  21619: fault('message', 'body-missing'),
  21658: fault('message', 'message-too-long'),
  21659: fault('message', 'sender-invalid'),
  21660: fault('message', 'sender-of-another-account'),
  21661: fault('message', 'sender-not-capable'),
  21701: fault('message', 'service-unknown'),
  21703: fault('message', 'service-empty'),
  21704: fault('message', 'service-empty'),
  21705: fault('message', 'service-unknown'),
  30003: fault('message', 'handset-unreachable'),
  30004: fault('message', 'blocked'),
  // It may no longer exist, and may as well be abroad or switched off for long: not enough to lose it.
  30005: fault('message', 'handset-unknown'),
  30007: fault('message', 'filtered'),
  30008: fault('message', 'carrier-error'),
  30010: fault('message', 'price-exceeded'),
  30012: fault('message', 'validity-too-short'),
  30013: fault('message', 'validity-too-long'),
  30017: fault('message', 'carrier-congested'),
  30022: fault('message', 'carrier-rate-exceeded'),
  30023: fault('message', 'carrier-daily-limit'),
  30024: fault('message', 'sender-unregistered'),
  30027: fault('message', 'carrier-daily-limit'),
  30032: fault('message', 'sender-unverified'),
  30034: fault('message', 'sender-unregistered'),
  30036: fault('message', 'expired'),
  30410: fault('message', 'carrier-timeout'),
  30453: fault('message', 'carrier-error'),
};

export const TWILIO_FAULTS: Readonly<Record<number, TwilioFault>> = { ...OF_ACCOUNT, ...OF_NUMBER, ...FOR_LATER, ...UNCLEAR, ...OF_MESSAGE };
