/**
 * The annotation of a Secret whose content a plan leaves out: where the engine keeps it, as `<name>@<digest>`, with the
 * digest of its public part. The content is put in when the Secret is compared and applied.
 */
export const keptAnnotation = 'meshwright.dev/kept';

/** The content of a Secret that is to be made once, by entry. */
export interface NewSecret {
  /** What everybody may see, such as certificates. */
  public: Record<string, string>;
  /** What nobody may, such as keys. */
  private: Record<string, string>;
  /** The only Secret that may be given the content; where there is none, it stays with the engine. */
  destination?: { namespace: string; name: string };
}

/** A Secret that was made once for a pattern on a target, and that the engine keeps there. */
export interface KeptSecret extends Pick<NewSecret, 'public' | 'private'> {
  /** The value of {@link keptAnnotation} that stands for it. */
  mark: string;
}
