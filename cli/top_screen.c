// SPDX-License-Identifier: GPL-2.0
/*
 * The screen of ovlctl top.  It is the same table that batch mode prints, a line a row.
 */
#include <curses.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job.h"
#include "top.h"
#include "xalloc.h"

#define KEYS "q quit   < > sort by another column   r reverse   space look now"

static void show_table(const struct top *top)
{
	char *text = NULL, *line, *next;
	int y = 2, first = y;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out || table_print(&top->rows, &top->output.list, &top->output.style, out) ||
	    fclose(out))
		errx(STATUS_FAILED, "cannot make the table");
	for (next = text; y < LINES - 1 && (line = strsep(&next, "\n")) && *line; y++) {
		if (y == first)
			attron(A_REVERSE);
		mvaddnstr(y, 0, line, COLS);
		attroff(A_REVERSE);
	}
	free(text);
}

static void show(const struct top *top)
{
	char *summary = top_summary(&top->rows);

	erase();
	mvprintw(0, 0, "ovlctl top: %.*s", COLS > 12 ? COLS - 12 : 0, summary);
	if (top->message)
		mvaddnstr(1, 0, top->message, COLS);
	if (top->rows.n)
		show_table(top);
	else
		mvaddnstr(2, 0, "no overlays", COLS);
	attron(A_BOLD);
	mvprintw(LINES - 1, 0, "%.*s", COLS - 1, KEYS);
	attroff(A_BOLD);
	if (COLS > (int)strlen(KEYS) + 30)
		printw("   sorted by %s%s", top->output.sort->name,
		       top->reversed ? ", reversed" : "");
	refresh();
	free(summary);
}

/* The column @step places further on among those shown. */
static void sort_by_other(struct top *top, int step)
{
	const struct column_list *list = &top->output.list;
	size_t index = (size_t)(top->output.sort - top->output.columns), i;

	for (i = 0; i < list->n && list->index[i] != index; i++)
		;
	i = i < list->n ? (i + list->n + (size_t)step) % list->n : 0;
	top->output.sort = &top->output.columns[list->index[i]];
}

/* Returns false when the user wants to leave. */
static bool key(struct top *top, int c, bool *look)
{
	switch (c) {
	case 'q':
	case 'Q':
		return false;
	case '<':
	case KEY_LEFT:
		sort_by_other(top, -1);
		break;
	case '>':
	case KEY_RIGHT:
		sort_by_other(top, 1);
		break;
	case 'r':
	case 'R':
		top->reversed = !top->reversed;
		break;
	case ' ':
		*look = true;
		return true;
	default:
		return true;
	}
	top_sort(&top->rows, top->output.sort, top->reversed);
	return true;
}

/* Until it is time for another look.  Returns false when the user wants to leave. */
static bool wait_for_keys(struct top *top)
{
	uint64_t begin = now_ns();
	bool look = false;

	while (!look && !top_stopped) {
		uint64_t elapsed = now_ns() - begin;

		if (elapsed >= top->delay_ns)
			return true;
		timeout((int)((top->delay_ns - elapsed) / 1000000) + 1);
		if (!key(top, getch(), &look))
			return false;
		show(top);
	}
	return !top_stopped;
}

/*
 * What is said on stderr would be written over the screen, and curses would not know.  It goes to a
 * file meanwhile, of which the screen shows the first line.
 */
struct aside {
	int stderr_fd;
	FILE *file;
};

static void aside_begin(struct aside *aside)
{
	aside->file = tmpfile();
	aside->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (aside->file && aside->stderr_fd >= 0)
		dup2(fileno(aside->file), STDERR_FILENO);
}

static void aside_end(struct aside *aside)
{
	if (aside->stderr_fd >= 0) {
		dup2(aside->stderr_fd, STDERR_FILENO);
		close(aside->stderr_fd);
	}
	if (aside->file)
		fclose(aside->file);
}

static enum ovlctl_status look(struct top *top, struct aside *aside)
{
	enum ovlctl_status status;
	size_t size = 0;

	free(top->message);
	top->message = NULL;
	if (aside->file && (ftruncate(fileno(aside->file), 0) || fseek(aside->file, 0, SEEK_SET)))
		warn("temporary file");
	status = top_sample(top);
	if (aside->file && !fseek(aside->file, 0, SEEK_SET) &&
	    getline(&top->message, &size, aside->file) > 0) {
		top->message[strcspn(top->message, "\n")] = '\0';
	} else {
		free(top->message);
		top->message = NULL;
	}
	return status;
}

/**
 * top_screen - show samples on the terminal until the user quits
 * @top: the command line
 *
 * Return: the exit status.
 */
enum ovlctl_status top_screen(struct top *top)
{
	enum ovlctl_status status = STATUS_DONE;
	struct aside aside;
	SCREEN *screen;
	uint64_t i = 0;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		warnx("not a terminal; --batch prints tables");
		return STATUS_FAILED;
	}
	/* What is wrong from the begin is not to be said on a screen that goes away. */
	status = top_sample(top);
	if (status && status != STATUS_PARTIAL)
		return status;
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		warnx("a terminal of type '%s' can't be used; --batch prints tables",
		      getenv("TERM") ?: "");
		return STATUS_FAILED;
	}
	aside_begin(&aside);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	do {
		if (i)
			status = look(top, &aside);
		if (status && status != STATUS_PARTIAL)
			break;
		show(top);
		i++;
	} while ((!top->iterations || i < top->iterations) && wait_for_keys(top));
	endwin();
	delscreen(screen);
	aside_end(&aside);
	free(top->message);
	/* What it said is gone with the screen. */
	if (status && status != STATUS_PARTIAL)
		status = top_sample(top);
	return status;
}
