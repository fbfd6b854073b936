/** `from`: a number in E.164, or a name of at most eleven letters and digits. Callbacks are refused without `signatureSecret`. */
export type VonageAccount = {
  readonly name: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly signatureSecret?: string;
  readonly from: string;
};
