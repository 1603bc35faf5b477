namespace Vitrine.Tensors;

/// <summary>Where a tensor's memory is and where its ops run: a device owns allocation, copies and
/// kernels.</summary>
/// <remarks> Every op checks in one place that its operands are on one device and that this device
/// has a kernel; nothing is copied between devices silently. A tensor reaches its memory only
/// through its device: only CPU memory may be read through a pointer or a span. </remarks>
public abstract unsafe class Device
{
    private protected Device(string name) => Name = name;

    /// <summary>The machine's processor: kernels over spans and vectors.</summary>
    public static Device Cpu => Processor;

    /// <summary>The device's name, as options and messages spell it.</summary>
    public string Name { get; }

    /// <summary>Bytes of tensor memory in use on this device.</summary>
    public abstract long BytesInUse { get; }

    /// <summary>Bytes of tensor memory that are free and kept for reuse.</summary>
    public abstract long BytesPooled { get; }

    /// <summary>How often memory was requested from the system; constant over a warm
    /// step.</summary>
    public abstract long NativeAllocations { get; }

    internal static CpuDevice Processor { get; } = new();

    /// <summary>Returns the free pooled memory to the system.</summary>
    public abstract void TrimPool();

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Memory for a tensor. What it returns is an address on the device, which the CPU
    /// must not follow.</summary>
    internal abstract void* Rent(nuint bytes);

    /// <summary>Takes back what was rented.</summary>
    internal abstract void Return(void* memory, nuint bytes);

    /// <summary>Copies from this device to the CPU.</summary>
    internal abstract void CopyOut(void* from, void* toHost, nuint bytes);

    /// <summary>Copies from the CPU to this device.</summary>
    internal abstract void CopyIn(void* fromHost, void* to, nuint bytes);

    /// <summary>Copies between two places on this device.</summary>
    internal abstract void Copy(void* from, void* to, nuint bytes);

    /// <summary>Writes a value over and over.</summary>
    /// <param name="to">An address on the device.</param>
    /// <param name="value">The value's bytes, on the CPU.</param>
    /// <param name="size">How many bytes it has.</param>
    /// <param name="count">How often.</param>
    internal abstract void Fill(void* to, void* value, int size, long count);

    /// <summary>The one question of every op: do all operands lie on one device, and has it a
    /// kernel?</summary>
    /// <remarks>So far only the CPU has kernels. An op that gets another asks
    /// <see cref="Of"/> and chooses.</remarks>
    /// <param name="op">The op's name.</param>
    /// <param name="operands">All tensors that it reads or writes; null for those that are
    /// absent.</param>
    /// <exception cref="InvalidOperationException">They lie on different devices.</exception>
    /// <exception cref="NotSupportedException">The op has no kernel for their device.</exception>
    internal static void RequireCpu(string op, params ReadOnlySpan<IOnDevice?> operands)
    {
        Device device = Of(op, operands);
        if (device != Cpu)
        {
            throw new NotSupportedException(
                $"{op}: there is no kernel for device '{device}'; move the operands with "
                + ".To(Device.Cpu).");
        }
    }

    /// <summary>The device on which all operands lie.</summary>
    /// <inheritdoc cref="RequireCpu" path="/param"/>
    /// <exception cref="InvalidOperationException">They lie on different devices.</exception>
    internal static Device Of(string op, params ReadOnlySpan<IOnDevice?> operands)
    {
        Device? device = null;
        foreach (IOnDevice? operand in operands)
        {
            device ??= operand?.Device;
            if (operand is not null && operand.Device != device)
            {
                throw Mixed(op, operands);
            }
        }

        return device ?? Cpu;
    }

    private static InvalidOperationException Mixed(
        string op, ReadOnlySpan<IOnDevice?> operands)
    {
        var described = new List<string>();
        foreach (IOnDevice? operand in operands)
        {
            if (operand is not null)
            {
                described.Add($"{operand.Shape} on {operand.Device}");
            }
        }

        return new InvalidOperationException(
            $"{op}: all operands must be on one device; got {string.Join(", ", described)}; move "
            + "them with .To(device).");
    }
}
