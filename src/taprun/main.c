/* SPDX-License-Identifier: BSD-2-Clause */
/* taprun(1): one list of steps, then the program, then the end: see taprun.h. */
#include <signal.h>

#include "base/util.h"
#include "taprun/taprun.h"

/* What may be forbidden comes first, so that it is said before anything has begun. */
static int (*const steps[])(struct taprun *) = {
	world_find, dev_check, sandbox_user, sandbox_mounts, net_choose, dev_make, world_tapd, world_ifconfig, net_enter,
	world_taps, world_trace,
};

int main(int argc, char **argv)
{
	struct taprun t = { 0 };
	int program = 0, status = options_parse(&t.opt, argc, argv);

	if (status >= 0)
		return status;
	status = 0;
	signal(SIGCHLD, SIG_DFL);		/* a caller that ignores it would take our children's statuses from us */
	for (size_t i = 0; i < NELEM(steps) && status == 0; i++)
		status = steps[i](&t);
	if (status == 0)
		status = job_run(&t, &program);
	world_stop(&t);
	return status != 0 ? status : job_end_as(program);
}
