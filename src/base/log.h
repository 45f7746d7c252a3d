/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines for people: "tapd: what failed, on what, why; what to do next".  To standard error, with <N> levels in front
 * when systemd reads it (JOURNAL_STREAM is set).  errno survives every call.
 */
#ifndef TAPD_BASE_LOG_H
#define TAPD_BASE_LOG_H

#include <stdbool.h>
#include <syslog.h>

void log_init(const char *program, int level);		/* level: LOG_ERR .. LOG_DEBUG, the last one shown */
int log_level(void);
void log_at(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_err(...)	log_at(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_at(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)	log_at(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	log_at(LOG_DEBUG, __VA_ARGS__)

#endif
