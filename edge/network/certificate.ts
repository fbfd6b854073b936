/** A TLS certificate with its key, as PEM texts. */
export type Certificate = { readonly certificate: string; readonly key: string };

/** A certificate that may be replaced while listeners use it, for certificates are short-lived. */
export type CertificateSource = {
  readonly current: () => Certificate;
  readonly onReplaced: (listener: (replaced: Certificate) => void) => Disposable;
};
