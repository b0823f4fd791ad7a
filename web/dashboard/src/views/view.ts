// One page of the dashboard while it is shown.
export interface View {
  element: HTMLElement;
  stop(): void; // no timer, stream or listener remains
}
