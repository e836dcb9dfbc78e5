/** The field manager of everything a pattern applies. */
export const fieldManager = 'meshwright';
/** The field manager of the inventory's parent object. */
export const inventoryManager = 'meshwright-inventory';
/** The field manager of restarts: apart from the pattern's, so that the next apply does not take a restart back. */
export const restartManager = 'meshwright-restart';
/** The annotation that names the content which was last applied. */
export const appliedAnnotation = 'meshwright.dev/applied';
/** The annotation on a pod template that makes its workload roll. */
export const restartedAnnotation = 'meshwright.dev/restarted-at';
/** Why the workload was rolled, beside the time. */
export const restartReasonAnnotation = 'meshwright.dev/restart-reason';
