using System.Diagnostics;

namespace Vitrine.Cli.Tests;

/// <summary>Streams that are closed or full, signals and limits, as a shell sets them.</summary>
public sealed class SurroundingsTests
{
    [Theory]
    [InlineData("$V tokenize a >&-")]
    [InlineData("$V tokenize a > /dev/full")]
    public void Output_that_cannot_be_written_is_an_error(string command) => Assert.Equal(
        (1, "", "Standard output cannot be written: it is closed, or its disk is full.\n"),
        Shell(command));

    [Theory]
    [InlineData("$V tokenize a 2>&- >/dev/null", 0)]
    [InlineData("$V info nothing-here 2>&-", 1)]
    [InlineData("$V info nothing-here 2>/dev/full", 1)]
    public void Messages_that_cannot_be_written_change_no_exit_code(string command, int exitCode) =>
        Assert.Equal((exitCode, "", ""), Shell(command));

    [Fact]
    public void Too_low_a_limit_of_open_files_is_said() => Assert.Equal(
        (1, "", "At least 128 open files are required; the limit is 64: ulimit -n 128.\n"),
        Shell("ulimit -n 64; $V tokenize a"));

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void The_first_signal_ends_a_read_that_waits(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc tells when the program listens.");
        (int exitCode, _, string error) = Shell(
            "f=$(mktemp -u); mkfifo $f; trap 'rm $f' EXIT; exec 3<>$f; $V tokenize - < $f & p=$!; "
            + "until grep -q 'SigCgt.*[13579bdf]$' /proc/$p/status; do sleep 0.2; done; sleep 1; "
            + $"kill -{signal} $p; wait $p");
        Assert.Equal(1, exitCode);
        Assert.EndsWith("Stopped.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_input_has_a_largest_size() => Assert.Equal(
        (1, "", "TEXT: standard input must have at most 67,108,864 bytes; it has more.\n"),
        Shell("$V tokenize - < /dev/zero"));

    private static (int ExitCode, string Output, string Error) Shell(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A Unix shell is needed.");
        var start = new ProcessStartInfo("sh", ["-c", command])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["V"] = Path.Combine(AppContext.BaseDirectory, "vitrine");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), error);
    }
}
