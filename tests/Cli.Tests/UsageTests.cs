using System.CommandLine;
using System.Diagnostics;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Tests;

public class UsageTests
{
    public static TheoryData<string> Commands =>
        [.. Application.Root().Subcommands.Select(c => c.Name)];

    [Theory, MemberData(nameof(Commands))]
    public void Every_command_has_help_with_an_example_and_the_common_options(string command)
    {
        CommandLineResult help = CommandLineResult.Of(command, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains($"  vitrine {command} ", help.Output + " ", StringComparison.Ordinal);
        Assert.Contains("Example", help.Output, StringComparison.Ordinal);
        foreach (string option in (string[])["--json", "--seed", "--threads", "--out", "--debug"])
        {
            Assert.Contains(option, help.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_program_itself_has_examples() => Assert.Contains(
        "  vitrine run 0-layer", CommandLineResult.Of("--help").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("tokenize")]
    [InlineData("tokenize", "x", "--threads", "0")]
    [InlineData("tokenize", "x", "--no-such-option")]
    public void Wrong_usage_is_exit_code_2_and_points_to_the_help(params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_in_help_are_what_can_be_typed()
    {
        string patch = CommandLineResult.Of("patch", "--help").Output;
        Assert.Contains("[default: resid]", patch, StringComparison.Ordinal);
        Assert.Contains("[default: logitDifference]", patch, StringComparison.Ordinal);
        Assert.Contains(
            "[default: mean]", CommandLineResult.Of("ablate", "--help").Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no command 'frobnicate'; there are: run, train,", "frobnicate")]
    [InlineData("A command is missing; there are: run, train,")]
    [InlineData("There is no benchmark 'x'; there are: gemm,", "bench", "x")]
    public void What_is_unknown_is_told_with_what_there_is(string said, params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(said, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("-1")]
    public void A_number_of_threads_that_is_none_is_refused_in_one_line(string threads)
    {
        Assert.Equal(
            (2, $"VITRINE_THREADS: must be a whole number, 1 … 1024; got '{threads}'; unset it for "
                + $"all cores.{Environment.NewLine}"),
            Run("tokenize", "x"));
        Assert.Equal((0, ""), Run("tokenize", "x", "--threads", "1"));

        (int ExitCode, string Error) Run(params string[] args)
        {
            string program = Path.Combine(AppContext.BaseDirectory, "vitrine");
            var start = new ProcessStartInfo(
                OperatingSystem.IsWindows() ? program + ".exe" : program, args)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            start.Environment["VITRINE_THREADS"] = threads;
            using Process process = Process.Start(start)!;
            process.StandardOutput.ReadToEndAsync();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
    }

    [Fact]
    public void Piped_output_has_no_colour() =>
        Assert.DoesNotContain('\u001b', CommandLineResult.Of("tokenize", "The Congress").Output);
}
