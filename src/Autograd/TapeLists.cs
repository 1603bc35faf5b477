namespace Vitrine.Autograd;

/// <summary>The records of a tape. The next tape reuses the lists of a disposed one, so that a
/// training step does not grow new ones.</summary>
internal sealed class TapeLists
{
    private static TapeLists? s_spare;

    private TapeLists()
    {
    }

    public List<Rule> Rules { get; } = new(capacity: 32);

    public List<IDisposable> Owned { get; } = new(capacity: 64);

    public List<Var> Arrived { get; } = [];

    public List<Var> Claimed { get; } = [];

    public GradientBuffers Gradients { get; } = new();

    public static TapeLists Take() => Interlocked.Exchange(ref s_spare, null) ?? new TapeLists();

    public void GiveBack()
    {
        Rules.Clear();
        Owned.Clear();
        Arrived.Clear();
        Volatile.Write(ref s_spare, this);
    }
}
