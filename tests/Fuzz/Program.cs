using System.CommandLine;
using System.Diagnostics;
using Vitrine.Fuzz;
using Vitrine.Interp.Patching;
using Vitrine.Tensors;

// Damages every file that is read, and reads it. Only the documented exceptions may come of it,
// with the file's name, and memory in proportion to the file.
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
var mutants = new Option<int>("--mutants") { DefaultValueFactory = _ => int.MaxValue };
var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 60 };
var first = new Option<int>("--first", "--index");
var only = new Option<string?>("--only");
var gguf = new Option<string?>("--gguf") { Description = "A folder of more GGUF files." };
var command = new RootCommand("Damages files in memory of what they were, and reads them.")
{
    seed, mutants, seconds, first, only, gguf,
};
command.SetAction(parse => Run(
    parse.GetValue(seed), parse.GetValue(first), parse.GetValue(mutants), parse.GetValue(seconds),
    parse.GetValue(only), parse.GetValue(gguf)));
return command.Parse(args).Invoke();

static int Run(int seed, int first, int mutants, double seconds, string? only, string? gguf)
{
    const int MostFailures = 20;
    string folder = Directory.CreateTempSubdirectory("vitrine-fuzz-").FullName;
    try
    {
        Target[] targets = [.. Targets.In(folder), .. GgufTargets.CopiedFrom(gguf, folder)];
        Target[] chosen = [.. targets.Where(target => only is null || target.Name == only)];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine(
                $"--only: there are {string.Join(", ", targets.Select(target => target.Name))}.");
            return 2;
        }

        foreach (Target target in chosen)
        {
            target.Read();
        }

        var clock = Stopwatch.StartNew();
        int failures = 0;
        int refused = 0;
        int index = first;
        for (; index - (long)first < mutants && clock.Elapsed.TotalSeconds < seconds
            && failures < MostFailures; index++)
        {
            Target target = chosen[index % chosen.Length];
            Outcome outcome = Outcome.Of(target, new Random(HashCode(seed, index)));
            refused += outcome.IsRefused ? 1 : 0;
            if (outcome.Failure is { } failure)
            {
                failures++;
                Console.WriteLine(
                    $"{target.Name}: --seed {seed} --index {index} --mutants 1"
                    + (only is null ? "" : $" --only {only}")
                    + (gguf is null ? "" : $" --gguf {gguf}") + $"\n{failure}");
            }
            else if (outcome.Seconds > 5)
            {
                Console.WriteLine(
                    $"{target.Name}: --seed {seed} --index {index} took {outcome.Seconds:F1} s");
            }
        }

        Console.WriteLine(
            $"{index - first:N0} mutants, {refused:N0} refused, {failures} failures, "
            + $"{clock.Elapsed.TotalSeconds:F0} s");
        return failures == 0 ? 0 : 1;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

// Not System.HashCode, whose numbers differ from process to process.
static int HashCode(int seed, int index) =>
    unchecked((seed * 1_000_003) ^ (index * (int)0x9E3779B1));

/// <summary>What came of a damaged file.</summary>
internal sealed record Outcome(string? Failure, bool IsRefused, double Seconds)
{
    private const long SmallMemory = 64 << 20;
    private const long MemoryPerByte = 1000;
    private const double MostSeconds = 30;

    public static Outcome Of(Target target, Random random)
    {
        byte[] damaged = target.Damaged(random);
        File.WriteAllBytes(target.Path, damaged);
        long native = Native();
        long managed = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        Exception? thrown = null;
        try
        {
            target.Read();
        }
#pragma warning disable CA1031 // whatever it is, it is reported
        catch (Exception failure)
#pragma warning restore CA1031
        {
            thrown = failure;
        }

        double seconds = clock.Elapsed.TotalSeconds;
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        native = Native() - native;
        Device.Cpu.TrimPool();
        File.WriteAllBytes(target.Path, target.Whole);
        long most = SmallMemory + (MemoryPerByte * damaged.Length);
        string? failed = thrown is not null && !IsDocumented(thrown, target.Path)
                ? thrown.ToString()
            : managed > most || native > most
                ? $"{managed:N0} bytes managed and {native:N0} native for {damaged.Length:N0}"
            : seconds > MostSeconds ? $"it took {seconds:F0} s" : null;
        return new Outcome(failed, thrown is not null, seconds);
    }

    private static long Native() => Device.Cpu.BytesInUse + Device.Cpu.BytesPooled;

    /// <summary>A damaged file is InvalidDataException or IOException and named; prompts that do
    /// not correspond name the pair.</summary>
    private static bool IsDocumented(Exception thrown, string path) =>
        (thrown is InvalidDataException or IOException
            && (thrown.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal)
                || thrown.Message.Contains(
                    Path.GetDirectoryName(path)!, StringComparison.Ordinal)))
        || (path.EndsWith("prompts.json", StringComparison.Ordinal)
            || path.EndsWith("pairs.json", StringComparison.Ordinal))
            && thrown is ArgumentException or PromptMismatchException;
}
