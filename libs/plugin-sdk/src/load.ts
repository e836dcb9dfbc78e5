import type { Arrivals, LatencyClock, LoadProtocol, LoadRequest, LoadResult } from '@meshwright/model';

/** What a load generator can do; asking for more is refused. */
export interface LoadCapabilities {
  protocols: readonly LoadProtocol[];
  arrivals: readonly Arrivals[];
  /** Where its latencies start. A generator that starts them when it sends says so here, and in every result. */
  clock: LatencyClock;
  /** It can be asked for trials where it runs in a pod already. */
  resident?: true;
  /** It takes whole numbers of requests a second and of seconds only. */
  wholeNumbers?: true;
  /** It measures nothing until then: shorter warm-ups are refused. */
  leastWarmUpSeconds?: number;
  /** It does not verify certificates: addresses with TLS are refused. */
  trustsAnyCertificate?: true;
}

/** Runs programs for plugins: without a shell, bounded in what they print, ended when the signal is aborted. */
export interface ProgramPort {
  /** Where the program is, or undefined when this machine does not have it. */
  find(program: string): Promise<string | undefined>;
  run(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult>;
}

export interface ProgramOptions {
  signal: AbortSignal;
  /** What the program reads from its standard input. */
  input?: string;
  /** Files that it finds in its working directory, which is removed afterwards. */
  files?: Readonly<Record<string, string>>;
}

export interface ProgramResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  /**
   * For how long its threads together were ready to run and no processor was free, in seconds; absent where the system does
   * not tell. A generator that waited much measured itself.
   */
  waitedSeconds?: number;
}

/** A generator that runs in a pod, where the traffic is, and is asked for trials over HTTP. */
export interface ResidentPort {
  /** Sends one GET to it, never twice, and gives the body of its answer. */
  get(path: string, options: { timeoutSeconds: number; signal?: AbortSignal }): Promise<string>;
}

/** What the engine hands to a generator. */
export interface LoadContext {
  programs: ProgramPort;
  /** Where the load is to be sent from a pod: a generator then runs no program. */
  resident?: ResidentPort;
  signal: AbortSignal;
}

/** A load generator. */
export interface LoadPlugin {
  id: string;
  title: string;
  capabilities: LoadCapabilities;
  /** Why it cannot run here, with what to do; undefined when it can. */
  unavailable(context: LoadContext): Promise<string | undefined>;
  /**
   * Runs one trial. Stops sending within a second when the signal is aborted, and throws then.
   * @throws MeshwrightError LOAD_UNAVAILABLE when it cannot run here, INVALID_INPUT when it cannot do what is asked,
   *   LOAD_UNREACHED when not one request found a server, LOAD_FAILED when the trial could not be run to its end.
   */
  run(request: LoadRequest, context: LoadContext): Promise<LoadResult>;
  /**
   * Reads a result that the tool itself wrote elsewhere.
   * @throws MeshwrightError INVALID_INPUT when it is none.
   */
  read?(text: string): LoadResult;
}
