// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "job.h"

#define TICK_MS 200

/* What a user ends a program with. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/**
 * now_ns - a clock that only goes forward
 */
uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/**
 * signal_is_ignored - was this program begun with a signal ignored, as by nohup(1)?
 * @signal: its number
 *
 * Then it stays so; a signal that is blocked would come to a signalfd nevertheless.
 */
bool signal_is_ignored(int signal)
{
	struct sigaction action;

	return !sigaction(signal, NULL, &action) && action.sa_handler == SIG_IGN;
}

static void signals_get(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!signal_is_ignored(signals[i]))
			sigaddset(set, signals[i]);
}

/*
 * Goes on when the user leaves: Ctrl-C is sent to it, too, and a pipe that it kept open would keep
 * its reader waiting.
 */
static void child_run(const struct job *job, int out)
{
	int null = open("/dev/null", O_RDWR);
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_IGN);
	for (i = 0; null >= 0 && i <= STDERR_FILENO; i++)
		if ((int)i != out)
			dup2(null, (int)i);
	job->run(job->data, job->result);
	_exit(write(out, job->result, job->size) == (ssize_t)job->size ? 0 : 1);
}

static int job_wait(const struct job *job, int in, int signal_fd, int *signal)
{
	struct pollfd fds[] = { { in, POLLIN, 0 }, { signal_fd, POLLIN, 0 } };
	uint64_t begin = now_ns();
	struct signalfd_siginfo info;

	for (;;) {
		uint64_t elapsed = now_ns() - begin;
		int wait_ms = TICK_MS;

		if (job->timeout_ns) {
			if (elapsed >= job->timeout_ns)
				return -ETIMEDOUT;
			if ((job->timeout_ns - elapsed) / 1000000 < TICK_MS)
				wait_ms = (int)((job->timeout_ns - elapsed) / 1000000) + 1;
		}
		if (poll(fds, 2, wait_ms) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents)
			return read(in, job->result, job->size) == (ssize_t)job->size ? 0 : -EIO;
		if (fds[1].revents && read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
			*signal = (int)info.ssi_signo;
			return -EINTR;
		}
		if (job->tick)
			job->tick(job->tick_data, now_ns() - begin);
	}
}

/**
 * job_run - do it, and wait
 * @job: what to do
 * @signal: set to the signal that ended the waiting
 *
 * When the waiting ends before the job does, the job goes on.
 *
 * Return: 0; -ETIMEDOUT; -EINTR: the user wants to leave; -EIO: the process was killed; or another
 * negative errno: it was not begun.
 */
int job_run(const struct job *job, int *signal)
{
	int pipe_fds[2], signal_fd, ret;
	sigset_t set, old;
	pid_t child;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return -errno;
	signals_get(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	child = signal_fd < 0 ? -1 : fork();
	if (!child)
		child_run(job, pipe_fds[1]);
	ret = child < 0 ? -errno : 0;
	close(pipe_fds[1]);
	if (!ret) {
		ret = job_wait(job, pipe_fds[0], signal_fd, signal);
		if (!ret || ret == -EIO)
			waitpid(child, NULL, 0);
	}
	close(pipe_fds[0]);
	if (signal_fd >= 0)
		close(signal_fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}
